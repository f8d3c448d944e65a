import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.js';
import { type ClientOptions, createClient } from './client.js';

let server: Serving;
afterEach(() => server.close());

/** A server that answers when it is told to. */
async function held(options?: ClientOptions) {
  const waiting: { answer(fields?: Record<string, string>, content?: string): void; response: ServerResponse }[] = [];
  server = await serve((request, response) => {
    waiting.push({
      response,
      answer(fields = { ETag: '"v1"' }, content = 'content') {
        const same = request.headers['if-none-match'] === fields.ETag && fields.ETag !== undefined;
        response.writeHead(same ? 304 : 200, fields).end(same ? undefined : content);
      },
    });
  });
  const client = createClient(options);
  const url = `${server.origin}/a`;
  const read = async (init?: RequestInit) => (await client(url, init)).text();
  const asked = (count: number) => expect.poll(() => waiting.length).toBe(count);
  return { client, url, read, asked, waiting };
}

describe('requests that are the same', () => {
  test('and made before any is sent, share one answer', async () => {
    const { client, read, asked, waiting } = await held();
    const reads = Array.from({ length: 100 }, () => read());
    await asked(1);
    waiting[0]?.answer();
    expect(new Set(await Promise.all(reads))).toEqual(new Set(['content']));
    expect(server.seen).toHaveLength(1);
    expect(client.stats()).toMatchObject([{ requests: 100, answers: { full: 1, shared: 99 } }]);
  });

  test('share a 304 as well', async () => {
    const { read, asked, waiting } = await held();
    const first = read();
    await asked(1);
    waiting[0]?.answer();
    await first;
    const reads = [read(), read(), read()];
    await asked(2);
    waiting[1]?.answer();
    expect(await Promise.all(reads)).toEqual(['content', 'content', 'content']);
    expect(server.seen).toHaveLength(2);
  });

  test('and made after it was sent, wait and are asked together: no answer is older than its question', async () => {
    const { read, asked, waiting } = await held();
    const first = read();
    await asked(1);
    const later = [read(), read(), read()];
    waiting[0]?.answer({ ETag: '"v1"' }, 'older');
    expect(await first).toBe('older');
    await asked(2);
    waiting[1]?.answer({ ETag: '"v2"' }, 'newer');
    expect(await Promise.all(later)).toEqual(['newer', 'newer', 'newer']);
    expect(server.seen).toHaveLength(2);
  });

  test('whose answer is not to be stored, each have their own', async () => {
    const { read, asked, waiting } = await held();
    const reads = [read(), read(), read()];
    await asked(1);
    waiting[0]?.answer({ ETag: '"v1"', 'Cache-Control': 'no-store' }, 'first');
    await asked(3);
    waiting[1]?.answer({}, 'second');
    waiting[2]?.answer({}, 'third');
    expect((await Promise.all(reads)).sort()).toEqual(['first', 'second', 'third']);
  });

  test.each<[what: string, init: RequestInit]>([
    ['another field', { headers: { Accept: 'text/plain' } }],
    ['another identity', { headers: { Authorization: 'Bearer a' } }],
    ['another method', { method: 'HEAD' }],
  ])('are not so with %s', async (_, init) => {
    const { read, asked, waiting } = await held();
    const reads = [read(), read(init)];
    await asked(2);
    for (const { answer } of waiting) answer();
    await Promise.all(reads);
  });
});

describe('who aborts', () => {
  test('before the answer leaves the others theirs', async () => {
    const { read, asked, waiting } = await held();
    const controllers = [new AbortController(), new AbortController()];
    const aborted = controllers.map(({ signal }) => read({ signal }));
    const other = read();
    const rejected = aborted.map((promise) => expect(promise).rejects.toThrow('went away'));
    await asked(1);
    for (const controller of controllers) controller.abort(new Error('went away'));
    await Promise.all(rejected);
    // The one that led is gone, and the next has taken its place.
    await asked(2);
    waiting[1]?.answer();
    expect(await other).toBe('content');
  });

  test.each([0, 1])('while the content comes leaves the others theirs (number %i)', async (aborting) => {
    const { client, url, asked, waiting } = await held();
    const controller = new AbortController();
    const signals = [undefined, undefined].map((_, i) => (i === aborting ? controller.signal : null));
    const reads = signals.map((signal) => client(url, { signal }));
    await asked(1);
    waiting[0]?.response.writeHead(200, { ETag: '"v1"' }).write('begin');
    const responses = await Promise.all(reads);
    const texts = responses.map((response) => response.text());
    const rejected = expect(texts[aborting]).rejects.toThrow('went away');
    controller.abort(new Error('went away'));
    await rejected;
    waiting[0]?.response.end('end');
    expect(await texts[1 - aborting]).toBe('beginend');
  });

  test('while he waits for another is not kept waiting', async () => {
    const { read, asked, waiting } = await held();
    const first = read();
    await asked(1);
    const controller = new AbortController();
    const later = expect(read({ signal: controller.signal })).rejects.toThrow('went away');
    controller.abort(new Error('went away'));
    await later;
    waiting[0]?.answer();
    await first;
  });
});

test('who does not read his answer keeps nobody waiting', async () => {
  const { client, url, read, asked, waiting } = await held();
  const both = Promise.all([client(url), client(url)]);
  await asked(1);
  waiting[0]?.answer();
  const [, second] = await both;
  const third = read();
  await asked(2);
  waiting[1]?.answer();
  expect(await third).toBe('content');
  expect(await second?.text()).toBe('content');
});

test('one that fails leaves the others to try themselves', async () => {
  const { read, asked, waiting } = await held();
  const reads = [read(), read(), read()];
  const failed = expect(reads[0]).rejects.toThrow(TypeError);
  await asked(1);
  waiting[0]?.response.destroy();
  await failed;
  await asked(2);
  waiting[1]?.answer();
  expect(await Promise.all(reads.slice(1))).toEqual(['content', 'content']);
});

describe('across processes, by the lock of the store', () => {
  /** Clients that know nothing of each other, on one store with a lock. */
  async function fleet(options?: ClientOptions) {
    const { memoryStore } = await import('./memory.js');
    const store = memoryStore();
    const holders = new Map<string, object>();
    const locking = {
      ...store,
      lock(key: string) {
        if (holders.has(key)) return null;
        const holder = {};
        holders.set(key, holder);
        return () => void (holders.get(key) === holder && holders.delete(key));
      },
    };
    const first = await held({ store: locking, ...options });
    const clients = [
      first.client,
      createClient({ store: locking, ...options }),
      createClient({ store: locking, ...options }),
    ];
    const readers = clients.map((client) => async (init?: RequestInit) => (await client(first.url, init)).text());
    return { ...first, readers, holders };
  }

  test('what nobody has read is loaded by one, and validated by the others', async () => {
    const { readers, asked, waiting, holders } = await fleet();
    const reads = readers.map((read) => read());
    await asked(1);
    waiting[0]?.answer();
    for (let i = 1; i < readers.length; i++) {
      await asked(i + 1);
      waiting[i]?.answer();
    }
    expect(await Promise.all(reads)).toEqual(['content', 'content', 'content']);
    expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"']);
    expect(holders.size).toBe(0);
  });

  test('and in the mode rfc9111 answered from the store, if it is fresh', async () => {
    const { readers, asked, waiting, holders } = await fleet({ mode: 'rfc9111' });
    const reads = readers.map((read) => read());
    await asked(1);
    waiting[0]?.answer({ ETag: '"v1"', 'Cache-Control': 'max-age=60' });
    expect(await Promise.all(reads)).toEqual(['content', 'content', 'content']);
    expect(server.seen).toHaveLength(1);
    expect(holders.size).toBe(0);
  });

  test('the lock is given back when the answer is not to be stored, is not read, or does not come', async () => {
    const { readers, client, url, asked, waiting, holders } = await fleet();
    const [read] = readers;
    const unstored = read?.();
    await asked(1);
    waiting[0]?.answer({});
    await unstored;
    expect(holders.size).toBe(0);
    const unread = client(url);
    await asked(2);
    waiting[1]?.answer();
    await (await unread).body?.cancel();
    await expect.poll(() => holders.size).toBe(0);
    const failed = expect(read?.()).rejects.toThrow(TypeError);
    await asked(3);
    waiting[2]?.response.destroy();
    await failed;
    expect(holders.size).toBe(0);
  });

  test('who waits for the lock can abort', async () => {
    const { readers, asked, waiting } = await fleet();
    const first = readers[0]?.();
    await asked(1);
    const controller = new AbortController();
    const second = expect(readers[1]?.({ signal: controller.signal })).rejects.toThrow('went away');
    controller.abort(new Error('went away'));
    await second;
    waiting[0]?.answer();
    await first;
  });
});

test('the server hears when nobody wants its answer any more', async () => {
  const { read, asked, waiting } = await held();
  const controller = new AbortController();
  const aborted = expect(read({ signal: controller.signal })).rejects.toThrow();
  await asked(1);
  const closed = once(waiting[0]?.response as ServerResponse, 'close');
  controller.abort();
  await Promise.all([aborted, closed]);
});
