import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resource, type Serving, serve } from '../test/server.ts';
import { type Client, createClient } from './client.ts';
import type { ClientEvent } from './event.ts';
import { memoryStore } from './memory.ts';
import type { ResponseStore } from './port.ts';

let server: Serving;
beforeEach(async () => {
  server = await serve(resource({ ETag: '"v1"' }));
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
});

type Operation = Exclude<keyof ResponseStore, 'clear'>;

/** A store one of whose operations does something else, when it is told to. */
function breaking(operation: Operation, broken: () => unknown) {
  const store: Required<Pick<ResponseStore, Operation>> = { ...memoryStore(), lock: () => () => {} };
  const state = { broken: false };
  const wrapped = {
    ...store,
    [operation]: (...args: never[]) =>
      state.broken ? broken() : (store[operation] as (...args: never[]) => unknown)(...args),
  } as ResponseStore;
  return { state, store: wrapped };
}

const operations: Operation[] = ['list', 'payload', 'put', 'freshen', 'delete', 'lock'];

describe.each<[how: string, broken: () => unknown]>([
  [
    'throws',
    () => {
      throw new Error('store');
    },
  ],
  ['rejects', () => Promise.reject(new Error('store'))],
  [
    'rejects by a promise of another library',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: this is what it is
      then: (_: unknown, reject: (error: Error) => void) => reject(new Error('store')),
    }),
  ],
])('a store that %s', (_, broken) => {
  test.each(operations)('from %s does not fail a read', async (operation) => {
    const { state, store } = breaking(operation, broken);
    const events: ClientEvent[] = [];
    const client = createClient({ store, wait: 1000, onEvent: (event) => events.push(event) });
    const url = `${server.origin}/a`;
    await (await client(url)).text();
    state.broken = true;
    const other = `${server.origin}/b`;
    for (const one of [url, other]) expect(await (await client(one)).text()).toBe('content');
    await client(url, { method: 'DELETE' });
    const failures = events.filter(({ type }) => type === 'store-failed');
    expect(failures).toMatchObject([{ operation, error: { message: 'store' } }]);
  });
});

test('a store that never answers holds a read up once, and is then left alone for a while', async () => {
  const { state, store } = breaking('list', () => new Promise(() => {}));
  const client = createClient({ store });
  const url = `${server.origin}/a`;
  await (await client(url)).text();
  state.broken = true;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const slow = client(url);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await (await slow).text()).toBe('content');
  expect(await (await client(url)).text()).toBe('content');
  state.broken = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect(await (await client(url)).text()).toBe('content');
  expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, undefined, '"v1"']);
});

test('a lock that cannot be given back fails nothing', async () => {
  const events: ClientEvent[] = [];
  const store: ResponseStore = { ...memoryStore(), lock: () => () => Promise.reject(new Error('unlock')) };
  const client = createClient({ store, wait: 1000, onEvent: (event) => events.push(event) });
  expect(await (await client(`${server.origin}/a`)).text()).toBe('content');
  await expect.poll(() => events.at(-1)).toMatchObject({ type: 'store-failed', operation: 'unlock' });
});

/** A store that answers as it is told to, over one in memory. */
function over(operations: (memory: ResponseStore) => Partial<ResponseStore>): ResponseStore {
  const memory = memoryStore();
  return { ...memory, ...operations(memory) };
}

const tags = () => server.seen.map(({ headers }) => headers['if-none-match']);

describe('a row that is not a stored response is not there, and is deleted', () => {
  const row = {
    id: '1',
    status: 200,
    statusText: 'OK',
    headers: { etag: '"v1"' },
    selecting: {},
    wireBytes: 5,
    requested: 1,
    received: 1,
    took: 1,
  };
  test.each<[what: string, row: unknown, payload?: unknown]>([
    ['no members', {}],
    ['null', null],
    ['text', 'row'],
    ['a member less', { id: '1', status: 200 }],
    ['a status of another protocol', { ...row, status: 1000 }],
    ['fields that are none', { ...row, headers: ['etag'] }],
    ['a field with a line break', { ...row, headers: { etag: '"v1"', a: 'b\r\nc' } }],
    ['a field whose name is none', { ...row, headers: { etag: '"v1"', 'a b': 'c' } }],
    ['selecting fields of another type', { ...row, selecting: { accept: 1 } }],
    ['a time that is none', { ...row, requested: 'yesterday' }],
    ['content that is text', row, 'hello'],
    ['no content', row, undefined],
  ])('%s', async (_, row, payload) => {
    const rows = new Map([['any', row]]);
    const store = over((memory) => ({
      list: (key) => (rows.size > 0 ? [row as never] : memory.list(key)),
      payload: (key, id) => (rows.size > 0 ? (payload as never) : memory.payload(key, id)),
      delete: () => rows.clear(),
    }));
    for (const mode of ['revalidate', 'rfc9111'] as const) {
      rows.set('any', row);
      const response = await createClient({ store, mode })(`${server.origin}/a`);
      expect([response.status, await response.text()]).toEqual([200, 'content']);
      await expect.poll(() => rows.size).toBe(0);
    }
  });
});

test('an entry that cannot be parsed takes the store away from no other', async () => {
  const deleted: string[] = [];
  const store = over((memory) => ({
    list: (key) => (key.endsWith('/bad') ? JSON.parse('{"trunc') : memory.list(key)),
    delete: (key) => void deleted.push(key),
  }));
  const client = createClient({ store });
  const read = async (path: string) => (await client(server.origin + path)).text();
  await read('/good');
  for (let nth = 0; nth < 5; nth++) {
    await read('/bad');
    await read('/good');
  }
  const ofGood = server.seen.filter(({ url }) => url === '/good').slice(1);
  expect(ofGood.map(({ headers }) => headers['if-none-match'])).toEqual(Array(5).fill('"v1"'));
  expect(new Set(deleted)).toEqual(new Set([`1  ${server.origin}/bad`]));
});

test('writes that fail do not stop reads', async () => {
  let isFull = false;
  const full = () => {
    throw new Error('database or disk is full');
  };
  const store = over((memory) => ({
    put: (...args) => (isFull ? full() : memory.put(...args)),
    freshen: (...args) => (isFull ? full() : memory.freshen(...args)),
  }));
  const client = createClient({ store });
  const read = async (path: string) => (await client(server.origin + path)).text();
  await read('/stored');
  isFull = true;
  for (let nth = 0; nth < 20; nth++) {
    await read('/stored');
    await read(`/new/${nth}`);
  }
  expect(tags().filter((tag) => tag === '"v1"')).toHaveLength(20);
});

test('a slow store is waited for once in all, and not for what it stores', async () => {
  const slow = <R>(result: R) => new Promise<R>((resolve) => setTimeout(resolve, 400, result));
  const store = over((memory) => ({
    list: async (key) => slow(await memory.list(key)),
    payload: async (...args) => slow(await memory.payload(...args)),
    put: async (...args) => slow(await memory.put(...args)),
    freshen: async (...args) => slow(await memory.freshen(...args)),
    lock: () => slow(() => slow(undefined)),
  }));
  const client = createClient({ store, wait: 1000 });
  for (const [what, path, most] of [
    ['cold', '/a', 1100],
    ['left alone', '/b', 200],
  ] as const) {
    const start = performance.now();
    await (await client(server.origin + path)).text();
    expect(performance.now() - start, what).toBeLessThan(most);
  }
});

describe('what was invalidated', () => {
  let version: number;
  let held: Promise<unknown> | undefined;
  beforeEach(async () => {
    version = 1;
    held = undefined;
    server.close();
    server = await serve(async (request, response) => {
      if (request.method === 'PUT') return response.writeHead(204).end(void version++);
      const fields = { ETag: `"${version}"`, 'Cache-Control': 'max-age=600' };
      const content = `v${version}`;
      await held;
      response.writeHead(200, fields).end(content);
    });
  });

  test('while the store could not be reached is void, and is deleted when it can be', async () => {
    let isAway = false;
    const memory = memoryStore();
    const remove = (key: string) => (isAway ? Promise.reject(new Error('no connection')) : memory.delete(key));
    const client = createClient({ store: { ...memory, delete: remove }, mode: 'rfc9111' });
    const read = async () => (await client(server.origin)).text();
    expect(await read()).toBe('v1');
    await new Promise((later) => setTimeout(later, 5));
    isAway = true;
    await client(server.origin, { method: 'PUT', body: 'x' });
    isAway = false;
    expect(await read()).toBe('v2');
    expect(await read()).toBe('v2');
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET']);
  });

  test.each([
    ['at once', () => memoryStore()],
    [
      'later',
      () => over((memory) => ({ list: async (key) => memory.list(key), put: async (...args) => memory.put(...args) })),
    ],
  ])('does not come back by what another client has read before, in a store that answers %s', async (_, open) => {
    const store = open();
    const [a, b] = [1, 2].map(() => createClient({ store, mode: 'rfc9111' })) as [Client, Client];
    let release = () => {};
    held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = b(server.origin).then((response) => response.text());
    await expect.poll(() => server.seen.length).toBe(1);
    await new Promise((later) => setTimeout(later, 5));
    await a(server.origin, { method: 'PUT', body: 'x' });
    release();
    held = undefined;
    expect(await slow).toBe('v1');
    for (const client of [a, b, createClient({ store, mode: 'rfc9111' })]) {
      expect(await (await client(server.origin)).text()).toBe('v2');
    }
  });

  test('while it was put is deleted again, though the store cannot tell which of them came first', async () => {
    // A time in ms is the same for both.
    vi.useFakeTimers({ toFake: ['Date'] });
    let put = () => {};
    const putting = new Promise<void>((resolve) => {
      put = resolve;
    });
    let deleted = 0;
    const store = over((memory) => ({
      put: (...args) => putting.then(() => memory.put(...args)),
      delete: (key) => {
        deleted++;
        return memory.delete(key);
      },
    }));
    const client = createClient({ store, mode: 'rfc9111' });
    const read = async () => (await client(server.origin)).text();
    expect(await read()).toBe('v1');
    await client(server.origin, { method: 'PUT', body: 'x' });
    put();
    await expect.poll(() => deleted).toBe(2);
    expect(await read()).toBe('v2');
  });
});
