import { Buffer } from 'node:buffer';
import { getEventListeners, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { type ClientOptions, createClient } from './client.ts';

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

  test('and made after it was sent, are sent at once, together: nobody waits, and no answer is older than its question', async () => {
    const { read, asked, waiting } = await held();
    const first = read();
    await asked(1);
    const later = [read(), read(), read()];
    await asked(2);
    waiting[1]?.answer({ ETag: '"v2"' }, 'newer');
    expect(await Promise.all(later)).toEqual(['newer', 'newer', 'newer']);
    waiting[0]?.answer({ ETag: '"v1"' }, 'older');
    expect(await first).toBe('older');
    expect(server.seen).toHaveLength(2);
  });

  test('and made after it was sent, wait for it as long as `wait` says, and are sent together', async () => {
    const { read, asked, waiting } = await held({ wait: 60_000 });
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

  test('wait no longer than `wait` for one that hangs', async () => {
    const { read, asked, waiting } = await held({ wait: 50 });
    const hanging = expect(read()).rejects.toThrow();
    await asked(1);
    const start = performance.now();
    const second = read();
    await asked(2);
    expect(performance.now() - start).toBeGreaterThanOrEqual(45);
    waiting[1]?.answer();
    expect(await second).toBe('content');
    waiting[0]?.response.destroy();
    await hanging;
  });

  test('whose answers are for one alone are not held up again by each other', async () => {
    const { read, asked, waiting } = await held();
    const first = read();
    await asked(1);
    waiting[0]?.answer({ 'Cache-Control': 'no-store' });
    await first;
    const reads = [read(), read(), read()];
    await asked(4);
    for (const { answer } of waiting.slice(1)) answer({ 'Cache-Control': 'no-store' });
    expect(await Promise.all(reads)).toEqual(['content', 'content', 'content']);
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

describe('a caller that aborts', () => {
  test('before the answer leaves the others theirs', async () => {
    const { read, asked, waiting } = await held();
    const controllers = [new AbortController(), new AbortController()];
    const aborted = controllers.map(({ signal }) => read({ signal }));
    const other = read();
    const rejected = aborted.map((promise) => expect(promise).rejects.toThrow('went away'));
    await asked(1);
    for (const controller of controllers) controller.abort(new Error('went away'));
    await Promise.all(rejected);
    waiting[0]?.answer();
    expect(await other).toBe('content');
    expect(server.seen).toHaveLength(1);
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

  test('while it waits for another is not kept waiting', async () => {
    const { read, asked, waiting } = await held({ wait: 60_000 });
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

test('a caller that does not read its answer keeps nobody waiting', async () => {
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

test('the failure of a request is that of all who wait for it, at once', async () => {
  const { read, asked, waiting } = await held();
  const reads = Array.from({ length: 10 }, () => read());
  const failed = reads.map((one) => expect(one).rejects.toThrow(TypeError));
  await asked(1);
  waiting[0]?.response.destroy();
  await Promise.all(failed);
  expect(server.seen).toHaveLength(1);
});

test('a request whose callers have all gone is aborted', async () => {
  const { read, asked, waiting } = await held();
  const controllers = [1, 2, 3].map(() => new AbortController());
  const reads = controllers.map(({ signal }) => expect(read({ signal })).rejects.toThrow('went away'));
  await asked(1);
  const closed = once(waiting[0]?.response as ServerResponse, 'close');
  const [last, ...others] = controllers;
  for (const controller of others) controller.abort(new Error('went away'));
  expect(waiting[0]?.response.closed).toBe(false);
  last?.abort(new Error('went away'));
  await Promise.all([...reads, closed]);
});

test('a call with what is not a signal fails, and no other with it', async () => {
  const { read, asked, waiting } = await held();
  const wrong = () => expect(read({ signal: {} as AbortSignal })).rejects.toThrow(TypeError);
  const first = wrong();
  const joined = [read(), wrong()];
  await asked(1);
  waiting[0]?.response.destroy();
  await Promise.all([first, joined[1], expect(joined[0]).rejects.toThrow('fetch failed')]);
  const later = read();
  await asked(2);
  waiting[1]?.answer();
  expect(await later).toBe('content');
});

test('content that its readers have all given up is not loaded any more', async () => {
  const { client, url, asked, waiting } = await held();
  const controller = new AbortController();
  const reads = [client(url), client(url, { signal: controller.signal })];
  await asked(1);
  waiting[0]?.response.writeHead(200, { ETag: '"v1"' }).write('begin');
  const [first, second] = await Promise.all(reads);
  const closed = once(waiting[0]?.response as ServerResponse, 'close');
  await first?.body?.cancel();
  const text = expect(second?.text()).rejects.toThrow('went away');
  controller.abort(new Error('went away'));
  await Promise.all([closed, text]);
});

test.each(['ends', 'breaks off', 'is cancelled'])('a signal is not listened to once shared content %s', async (how) => {
  const { client, url, asked, waiting } = await held();
  const { signal } = new AbortController();
  const reads = [client(url, { signal }), client(url, { signal })];
  await asked(1);
  waiting[0]?.response.writeHead(200, { ETag: '"v1"' }).write('begin');
  const responses = await Promise.all(reads);
  const texts = responses.map((response) => (how === 'is cancelled' ? response.body?.cancel() : response.text()));
  if (how === 'breaks off') waiting[0]?.response.destroy();
  else waiting[0]?.response.end();
  await Promise.allSettled(texts);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

describe('content that is shared', () => {
  const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

  /** Sends so many megabytes to each request, as fast as they are read. */
  async function megabytes(count: number, fields: Record<string, string> = { ETag: '"v1"' }) {
    server = await serve(async (_, response) => {
      response.setMaxListeners(0);
      response.writeHead(200, fields);
      for (let sent = 0; sent < count && !response.destroyed; sent++) {
        if (!response.write(MEGABYTE)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      }
      response.end('end');
    });
    return `${server.origin}/a`;
  }

  /** The bytes of content in memory, without what is only waiting to be collected. */
  function bytesHeld(): number {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    return process.memoryUsage().arrayBuffers;
  }

  async function bytesOf(response: Response | undefined): Promise<number> {
    let bytes = 0;
    for await (const chunk of response?.body ?? []) bytes += chunk.byteLength;
    return bytes;
  }

  test('is not held beyond the limit for one who does not read it, and is there when it does', async () => {
    const url = await megabytes(64);
    const client = createClient({ limit: 1024 * 1024 });
    const before = bytesHeld();
    const [unread, read] = await Promise.all([client(url), client(url)]);
    expect(server.seen).toHaveLength(1);
    const expected = 64 * MEGABYTE.length + 3;
    expect(await bytesOf(read)).toBe(expected);
    expect(bytesHeld() - before).toBeLessThan(10e6);
    expect(server.seen).toHaveLength(1);
    expect(await bytesOf(unread)).toBe(expected);
    expect(server.seen).toHaveLength(2);
  });

  test('is read by both at their own pace, within the limit', async () => {
    const url = await megabytes(4);
    const client = createClient();
    const [one, two] = await Promise.all([client(url), client(url)]);
    const [first, second] = await Promise.all([bytesOf(one), bytesOf(two)]);
    expect([first, second]).toEqual([4 * MEGABYTE.length + 3, 4 * MEGABYTE.length + 3]);
    expect(server.seen).toHaveLength(1);
  });

  /** A server that has another version each time, of 100,000 bytes. */
  async function changing(fields: Record<string, string>) {
    let version = 0;
    server = await serve((_, response) => {
      response.writeHead(200, { ETag: `"${++version}"`, ...fields }).end('x'.repeat(100_000));
    });
    const client = createClient({ limit: 1000 });
    return Promise.all([client(`${server.origin}/a`), client(`${server.origin}/a`)]);
  }

  test('is not shared where it says that it is longer than the limit', async () => {
    const [one, two] = await changing({ 'Content-Length': '100000' });
    expect([(await one.text()).length, (await two.text()).length]).toEqual([100_000, 100_000]);
    expect([one.headers.get('etag'), two.headers.get('etag')].sort()).toEqual(['"1"', '"2"']);
  });

  test('breaks off for the one that is behind, where no validator says that it is the same', async () => {
    let version = 0;
    server = await serve((_, response) => {
      response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end(`${++version}`.repeat(100_000));
    });
    const client = createClient({ limit: 1000, mode: 'rfc9111' });
    const [one, two] = await Promise.all([client(server.origin), client(server.origin)]);
    expect(await two.text()).toBe('1'.repeat(100_000));
    await expect(one.text()).rejects.toThrow('has changed since');
  });

  test('breaks off for the one that is behind at the limit, where it is another by then', async () => {
    const [one, two] = await changing({});
    expect((await two.text()).length).toBe(100_000);
    await expect(one.text()).rejects.toThrow('has changed since');
  });
});

describe('across processes, by the lock of the store', () => {
  /** Clients that know nothing of each other, on one store with a lock. */
  async function fleet(options?: ClientOptions) {
    const { memoryStore } = await import('./memory.ts');
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
    const first = await held({ store: locking, wait: 5000, ...options });
    const clients = [
      first.client,
      createClient({ store: locking, wait: 5000, ...options }),
      createClient({ store: locking, wait: 5000, ...options }),
    ];
    const readers = clients.map((client) => async (init?: RequestInit) => (await client(first.url, init)).text());
    return { ...first, clients, readers, holders };
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

  test('and what is stale by then, and may be used all the same, is validated in the background', async () => {
    const { readers, asked, waiting } = await fleet({ mode: 'rfc9111' });
    const fields = { ETag: '"v1"', 'Cache-Control': 'max-age=0, stale-while-revalidate=60' };
    const reads = [readers[0]?.(), readers[1]?.()];
    await asked(1);
    waiting[0]?.answer(fields);
    // Before the server has answered again.
    expect(await Promise.all(reads)).toEqual(['content', 'content']);
    await asked(2);
    expect(server.seen[1]?.headers['if-none-match']).toBe('"v1"');
    waiting[1]?.answer(fields);
  });

  test('the lock is given back when the answer is not to be stored, is not read, or does not come', async () => {
    const { clients, url, asked, waiting, holders } = await fleet();
    const [one, two, three] = clients;
    const unstored = one?.(url);
    await asked(1);
    expect(holders.size).toBe(1);
    waiting[0]?.answer({});
    await unstored;
    expect(holders.size).toBe(0);
    const unread = two?.(url);
    await asked(2);
    expect(holders.size).toBe(1);
    waiting[1]?.answer();
    // Nor does one that looks at the head alone keep it.
    expect((await unread)?.ok).toBe(true);
    await expect.poll(() => holders.size).toBe(0);
    const failed = expect(three?.(url)).rejects.toThrow(TypeError);
    await asked(3);
    waiting[2]?.response.destroy();
    await failed;
    expect(holders.size).toBe(0);
  });

  test('nobody waits for it where `wait` is left out, and what one may not store it is not taken for again', async () => {
    const { clients, url, asked, waiting, holders } = await fleet({ wait: 0 });
    const reads = clients.map((client) => client(url));
    await asked(3);
    expect(holders.size).toBe(0);
    for (const { answer } of waiting) answer();
    await Promise.all(reads);
  });

  test('nobody waits for it longer than `wait`', async () => {
    const { readers, asked, waiting } = await fleet({ wait: 50 });
    const hanging = expect(readers[0]?.()).rejects.toThrow();
    await asked(1);
    const second = readers[1]?.();
    await asked(2);
    waiting[1]?.answer();
    expect(await second).toBe('content');
    waiting[0]?.response.destroy();
    await hanging;
  });

  test('a caller that waits for the lock can abort', async () => {
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
