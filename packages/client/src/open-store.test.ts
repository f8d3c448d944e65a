import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { resource, type Serving, serve } from '../test/server.js';
import { createClient } from './client.js';
import type { ClientEvent } from './event.js';
import { memoryStore } from './memory.js';
import type { ResponseStore } from './port.js';

let server: Serving;
beforeEach(async () => {
  server = await serve(resource({ ETag: '"v1"' }));
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
});

type Operation = keyof ResponseStore;

/** A store one of whose operations does something else, when it is told to. */
function breaking(operation: Operation, broken: () => unknown) {
  const store: Required<ResponseStore> = { ...memoryStore(), lock: () => () => {} };
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
])('a store that %s', (_, broken) => {
  test.each(operations)('from %s does not fail a read', async (operation) => {
    const { state, store } = breaking(operation, broken);
    const events: ClientEvent[] = [];
    const client = createClient({ store, onEvent: (event) => events.push(event) });
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
  const client = createClient({ store, onEvent: (event) => events.push(event) });
  expect(await (await client(`${server.origin}/a`)).text()).toBe('content');
  await expect.poll(() => events.at(-1)).toMatchObject({ type: 'store-failed', operation: 'unlock' });
});
