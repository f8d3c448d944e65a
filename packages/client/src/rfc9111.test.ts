import type { RequestListener, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Serving, serve } from '../test/server.ts';
import { type Client, createClient } from './client.ts';
import type { ClientEvent } from './event.ts';
import { memoryStore } from './memory.ts';

let server: Serving;
let client: Client;
let events: ClientEvent[];
let answer: RequestListener;

beforeEach(async () => {
  // The clock alone: the network goes on.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 21) });
  server = await serve((request, response) => answer(request, response));
  events = [];
  client = createClient({ mode: 'rfc9111', onEvent: (event) => events.push(event) });
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
});

const seconds = (count: number) => vi.setSystemTime(Date.now() + count * 1000);

/** Answers with these fields, and 304 to their tag. */
function serves(fields: Record<string, string>, content = 'content'): void {
  answer = (request, response) => {
    const same = fields.ETag !== undefined && request.headers['if-none-match'] === fields.ETag;
    response.writeHead(same ? 304 : 200, fields).end(same ? undefined : content);
  };
}

async function read(init?: RequestInit): Promise<[status: number, content: string, age: string | null]> {
  const response = await client(`${server.origin}/a`, init);
  return [response.status, await response.text(), response.headers.get('age')];
}

test('what is fresh is answered from the store with its age, and then validated', async () => {
  serves({ ETag: '"v1"', 'Cache-Control': 'max-age=60' });
  await read();
  seconds(30);
  expect(await read()).toEqual([200, 'content', '30']);
  expect(server.seen).toHaveLength(1);
  seconds(31);
  expect(await read()).toEqual([200, 'content', null]);
  expect(server.seen[1]?.headers['if-none-match']).toBe('"v1"');
  seconds(59);
  expect(await read()).toEqual([200, 'content', '59']);
  expect(server.seen).toHaveLength(2);
  expect(events).toMatchObject([{ how: 'full' }, { how: 'fresh' }, { how: 'not-modified' }, { how: 'fresh' }]);
});

test('what is fresh is stored without a validator, and asked for again when it is not', async () => {
  serves({ 'Cache-Control': 'max-age=60' });
  await read();
  await read();
  expect(server.seen).toHaveLength(1);
  seconds(61);
  await read();
  expect(server.seen).toHaveLength(2);
  expect(server.seen[1]?.headers).not.toHaveProperty('if-none-match');
});

test('a fresh 404 is answered from the store', async () => {
  answer = (_, response) => response.writeHead(404, { 'Cache-Control': 'max-age=60' }).end('none');
  await read();
  expect(await read()).toEqual([404, 'none', '0']);
});

test('a HEAD of what is fresh has no content', async () => {
  serves({ 'Cache-Control': 'max-age=60' });
  await read();
  expect(await read({ method: 'HEAD' })).toEqual([200, '', '0']);
  expect(server.seen).toHaveLength(1);
});

test('an unsafe request invalidates what is fresh', async () => {
  serves({ 'Cache-Control': 'max-age=60' });
  await read();
  await read({ method: 'POST' });
  await read();
  expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
});

test('only-if-cached: what is fresh, else 504', async () => {
  serves({ 'Cache-Control': 'max-age=60' });
  const onlyStored = { headers: { 'Cache-Control': 'only-if-cached' } };
  expect(await read(onlyStored)).toEqual([504, '', null]);
  await read();
  expect(await read(onlyStored)).toEqual([200, 'content', '0']);
  seconds(61);
  expect(await read(onlyStored)).toEqual([504, '', null]);
  expect(server.seen).toHaveLength(1);
});

describe('RFC 5861 §4 stale-if-error', () => {
  const control = { ETag: '"v1"', 'Cache-Control': 'max-age=1, stale-if-error=60' };

  test.each([500, 502, 503, 504])('a %i is answered with what is stale', async (status) => {
    serves(control);
    await read();
    seconds(30);
    answer = (_, response) => response.writeHead(status).end('error');
    expect(await read()).toEqual([200, 'content', '30']);
    expect(events.at(-1)).toMatchObject({ how: 'stale', status: 200 });
  });

  test('so is a connection that breaks', async () => {
    serves(control);
    await read();
    seconds(30);
    answer = (request) => void request.socket.destroy();
    expect(await read()).toEqual([200, 'content', '30']);
  });

  test('not what is too old', async () => {
    serves(control);
    await read();
    seconds(62);
    answer = (_, response) => response.writeHead(503).end('error');
    expect(await read()).toEqual([503, 'error', null]);
    answer = (request) => void request.socket.destroy();
    await expect(read()).rejects.toThrow(TypeError);
  });

  test('not with must-revalidate', async () => {
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=1, stale-if-error=60, Must-Revalidate' });
    await read();
    seconds(30);
    answer = (_, response) => response.writeHead(503).end('error');
    expect(await read()).toEqual([503, 'error', null]);
  });

  test('not when the caller aborts', async () => {
    serves(control);
    await read();
    seconds(30);
    const controller = new AbortController();
    answer = () => controller.abort(new Error('went away'));
    await expect(read({ signal: controller.signal })).rejects.toThrow('went away');
  });

  test('not in the other mode', async () => {
    client = createClient();
    serves(control);
    await read();
    answer = (_, response) => response.writeHead(503).end('error');
    expect(await read()).toEqual([503, 'error', null]);
  });
});

test('a strong tag on the 304 of a weak 200 renews how long it holds (GitHub)', async () => {
  answer = (request, response) => {
    const known = request.headers['if-none-match'];
    response.writeHead(known ? 304 : 200, { ETag: known ? '"abc"' : 'W/"abc"', 'Cache-Control': 'max-age=60' });
    response.end(known ? undefined : 'content');
  };
  await read();
  seconds(61);
  for (let nth = 0; nth < 10; nth++) expect((await read())[1]).toBe('content');
  expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, 'W/"abc"']);
  seconds(61);
  await read();
  expect(server.seen[2]?.headers['if-none-match']).toBe('W/"abc"');
});

describe('the member `cache` of a request means what it means to fetch', () => {
  test('no-cache validates what is fresh', async () => {
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=60' });
    await read();
    await read({ cache: 'no-cache' });
    await (await client(new Request(`${server.origin}/a`, { cache: 'no-cache' }))).text();
    expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"']);
  });

  test.each(['rfc9111', 'revalidate'] as const)('force-cache takes what is stale, or asks: %s', async (mode) => {
    client = createClient({ mode });
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=60' });
    await read({ cache: 'force-cache' });
    seconds(61);
    expect((await read({ cache: 'force-cache' }))[1]).toBe('content');
    expect(server.seen).toHaveLength(1);
  });

  test('only-if-cached takes what is stored, or rejects', async () => {
    serves({ ETag: '"v1"' });
    const init = { cache: 'only-if-cached', mode: 'same-origin' } as const;
    await expect(read(init)).rejects.toThrow(TypeError);
    await read();
    expect((await read(init))[1]).toBe('content');
    expect(server.seen).toHaveLength(1);
  });
});

test('after a write whose outcome is not known, what is stored is validated', async () => {
  let version = 1;
  answer = (request, response) => {
    if (request.method === 'PUT') {
      version++;
      return void request.socket.destroy();
    }
    response.writeHead(200, { ETag: `"${version}"`, 'Cache-Control': 'max-age=600' }).end(`v${version}`);
  };
  expect((await read())[1]).toBe('v1');
  await expect(client(`${server.origin}/a`, { method: 'PUT', body: 'x' })).rejects.toThrow('fetch failed');
  expect((await read())[1]).toBe('v2');
});

test.each([500, 504])('after a write that is answered %i, too', async (status) => {
  let version = 1;
  answer = (request, response) => {
    if (request.method === 'PUT') return void response.writeHead(status).end(`${version++}`);
    response.writeHead(200, { ETag: `"${version}"`, 'Cache-Control': 'max-age=600' }).end(`v${version}`);
  };
  await read();
  await client(`${server.origin}/a`, { method: 'PUT' });
  expect((await read())[1]).toBe('v2');
});

describe('content that is slow to come', () => {
  /** Reads v1, whose content ends after that of v2, which is asked for a second later. */
  async function slower(): Promise<void> {
    let end = () => {};
    answer = (_, response) => {
      response.writeHead(200, { ETag: '"v1"', 'Cache-Control': 'max-age=60' }).write('v');
      end = () => void response.end('1');
    };
    const slow = await client(`${server.origin}/a`);
    seconds(1);
    serves({ ETag: '"v2"', 'Cache-Control': 'max-age=60' }, 'v2');
    expect((await read({ cache: 'no-cache' }))[1]).toBe('v2');
    end();
    expect(await slow.text()).toBe('v1');
  }

  test('does not take the place of what was asked for later', async () => {
    await slower();
    expect((await read())[1]).toBe('v2');
  });

  test('nor does what is from before the clock was set back keep its place', async () => {
    await slower();
    seconds(-3600);
    serves({ ETag: '"v3"', 'Cache-Control': 'max-age=60' }, 'v3');
    for (let nth = 0; nth < 2; nth++) expect((await read())[1]).toBe('v3');
    expect(server.seen).toHaveLength(3);
  });
});

describe('RFC 5861 §3 stale-while-revalidate', () => {
  test('of two answers of the server, one is a 304: what was stale meanwhile is none', async () => {
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=10, stale-while-revalidate=60' });
    await read();
    seconds(30);
    await read();
    await expect.poll(() => events.length).toBe(3);
    expect(client.stats()).toMatchObject([{ answers: { full: 1, stale: 1, 'not-modified': 1 }, ratio: 0.5 }]);
  });

  test('answers with what is stale, and validates it once in the background', async () => {
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=10, stale-while-revalidate=60' });
    await read();
    seconds(30);
    expect(await read()).toEqual([200, 'content', '30']);
    await expect.poll(() => server.seen.length).toBe(2);
    await expect.poll(() => events.filter(({ type }) => type === 'answered')).toHaveLength(3);
    expect(await read()).toEqual([200, 'content', '0']);
    expect(server.seen[1]?.headers['if-none-match']).toBe('"v1"');
    expect(server.seen).toHaveLength(2);
  });

  test('ends with its time, and with what the server or the request forbids', async () => {
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=10, stale-while-revalidate=60' });
    await read();
    seconds(71);
    await read();
    expect(server.seen).toHaveLength(2);
    seconds(30);
    await read({ cache: 'no-cache' });
    expect(server.seen).toHaveLength(3);
  });

  test('is validated once, however often it is used while the server hangs', async () => {
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=10, stale-while-revalidate=60' });
    await read();
    const hanging: ServerResponse[] = [];
    answer = (_, response) => void hanging.push(response);
    seconds(30);
    for (let nth = 0; nth < 5; nth++) {
      expect((await read())[1]).toBe('content');
      await expect.poll(() => hanging.length).toBe(1);
    }
    hanging[0]?.destroy();
    await expect.poll(async () => (await read()) && hanging.length).toBe(2);
  });

  test('a failure in the background is ignored', async () => {
    serves({ ETag: '"v1"', 'Cache-Control': 'max-age=10, stale-while-revalidate=60' });
    await read();
    answer = (request) => void request.socket.destroy();
    seconds(30);
    expect((await read())[1]).toBe('content');
    await expect.poll(() => server.seen.length).toBe(2);
    expect((await read())[1]).toBe('content');
  });
});

test.each([400, 500])('a %i that says how long it holds holds as long (RFC 9111 §3)', async (status) => {
  answer = (_, response) => response.writeHead(status, { 'Cache-Control': 'max-age=60' }).end('error');
  for (let nth = 0; nth < 3; nth++) expect((await read()).slice(0, 2)).toEqual([status, 'error']);
  expect(server.seen).toHaveLength(1);
});

describe('clear()', () => {
  const alice = { headers: { Authorization: 'Bearer a' } };
  const control = { 'Cache-Control': 'max-age=60' };

  test('forgets what is stored under one identity, and what it is just reading', async () => {
    serves(control);
    for (const init of [{}, alice]) await read(init);
    const reading = await client(`${server.origin}/other`, alice);
    await client.clear(alice);
    await reading.text();
    await read();
    expect(server.seen).toHaveLength(3);
    await read(alice);
    await (await client(`${server.origin}/other`, alice)).text();
    expect(server.seen).toHaveLength(5);
    await client.clear();
    await read();
    await read(alice);
    expect(server.seen).toHaveLength(6);
  });

  test('rejects where the store cannot, or fails', async () => {
    const { clear: _, ...store } = memoryStore();
    await expect(createClient({ store }).clear()).rejects.toThrow(TypeError);
    const failing = { ...store, clear: () => Promise.reject(new Error('no connection')) };
    await expect(createClient({ store: failing }).clear()).rejects.toThrow('no connection');
  });
});

describe('invalidate(url)', () => {
  test('forgets what is stored for a URL, under one identity', async () => {
    serves({ 'Cache-Control': 'max-age=60' });
    const init = { headers: { Authorization: 'Bearer a' } };
    await read();
    await read(init);
    await client.invalidate(`${server.origin}/a`, init);
    await read();
    expect(server.seen).toHaveLength(2);
    await read(init);
    expect(server.seen).toHaveLength(3);
    await client.invalidate(new URL('/a', server.origin));
    await read();
    expect(server.seen).toHaveLength(4);
  });
});
