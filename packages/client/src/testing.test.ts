import { describe, expect, test } from 'vitest';
import type { Awaitable, Release, ResponseStore, StoredResponse } from './port.ts';
import { testResponseStore } from './testing.ts';

interface Row {
  key: string;
  response: StoredResponse;
  payload: Uint8Array;
}

/** A store that does not spare itself, so that each part of it can be wrong. */
function storeOf(mutate: (store: Required<ResponseStore>, rows: Row[]) => Partial<ResponseStore>): ResponseStore {
  const rows: Row[] = [];
  const deleted = new Map<string, number>();
  const holders = new Map<string, { token: object; until: number }>();
  const remove = (gone: (row: Row) => boolean) => rows.splice(0, rows.length, ...rows.filter((row) => !gone(row)));
  const store: Required<ResponseStore> = {
    list: (key) => rows.filter((row) => row.key === key).map(({ response }) => response),
    payload: (key, id) => rows.find((row) => row.key === key && row.response.id === id)?.payload ?? null,
    put(key, response, payload, replaces) {
      const section = key.split(' ', 2).join(' ');
      if (Math.max(deleted.get(key) ?? 0, deleted.get(section) ?? 0) > response.requested) return;
      rows.push({ key, response, payload });
      remove((row) => row.key === key && replaces.includes(row.response.id));
    },
    freshen(key, response) {
      for (const row of rows) if (row.key === key && row.response.id === response.id) row.response = response;
    },
    delete(key) {
      deleted.set(key, Date.now());
      remove((row) => row.key === key);
      holders.delete(key);
    },
    clear(section) {
      deleted.set(section, Date.now());
      remove((row) => row.key.startsWith(`${section} `));
    },
    lock(key, ms) {
      if ((holders.get(key)?.until ?? 0) > performance.now()) return null;
      const token = {};
      holders.set(key, { token, until: performance.now() + ms });
      return () => {
        if (holders.get(key)?.token === token) holders.delete(key);
      };
    },
  };
  return { ...store, ...mutate(store, rows) };
}

/** The laws that a store breaks. */
async function brokenLaws(mutate: Parameters<typeof storeOf>[0]): Promise<string[]> {
  const laws: [name: string, run: () => Promise<void>][] = [];
  testResponseStore(
    (name, run) => void laws.push([name, run]),
    async () => ({ store: storeOf(mutate) }),
  );
  const broken: string[] = [];
  for (const [name, run] of laws) await run().catch(() => broken.push(name));
  return broken;
}

test('a sound store breaks no law, whether it can lock or not', async () => {
  expect(await brokenLaws(() => ({}))).toEqual([]);
  const { lock: _, ...rest } = storeOf(() => ({}));
  const laws: Promise<void>[] = [];
  testResponseStore(
    (_, run) => void laws.push(run()),
    async () => ({ store: rest }),
  );
  await Promise.all(laws);
});

const always = (release: Release) => (): Awaitable<Release | null> => release;

describe('a store breaks the law when', () => {
  test.each<[mutation: string, law: string, mutate: Parameters<typeof storeOf>[0]]>([
    [
      'it freshens what is gone',
      'freshen brings nothing back',
      (_, rows) => ({ freshen: (key, response) => void rows.push({ key, response, payload: new Uint8Array() }) }),
    ],
    [
      'it freshens all variants',
      'freshen changes the metadata of one',
      (_, rows) => ({
        freshen(key, response) {
          for (const row of rows) if (row.key === key) row.response = response;
        },
      }),
    ],
    ['it freshens nothing', 'freshen changes the metadata of one', () => ({ freshen: () => {} })],
    ['it replaces nothing', 'variants are stored', (store) => ({ put: (...[a, b, c]) => store.put(a, b, c, []) })],
    [
      'it has room for one variant',
      'variants are stored',
      (store, rows) => ({
        async put(key, ...rest) {
          await store.delete(key);
          rows.splice(0);
          return store.put(key, ...rest);
        },
      }),
    ],
    [
      'a response that was on its way comes back after a delete',
      'what was requested before a delete',
      (_, rows) => ({ put: (key, response, payload) => void rows.push({ key, response, payload }) }),
    ],
    ['it clears nothing', 'clear forgets a section', () => ({ clear: () => {} })],
    ['it clears all there is', 'clear forgets a section', (_, rows) => ({ clear: () => void rows.splice(0) })],
    [
      'a response that was on its way comes back after it was cleared',
      'what was requested before a clear',
      (_, rows) => ({
        clear: (section) =>
          void rows.splice(0, rows.length, ...rows.filter(({ key }) => !key.startsWith(`${section} `))),
      }),
    ],
    ['it deletes nothing', 'delete forgets all variants', () => ({ delete: () => {} })],
    [
      'it loses what is beyond ASCII',
      'a response comes back as it was put',
      (store) => ({
        list: async (key) => JSON.parse(JSON.stringify(await store.list(key)).replace(/[^ -~]/g, '?')),
      }),
    ],
    [
      'it keeps content as text',
      'any bytes may be content',
      (store) => ({
        put: (key, response, payload, replaces) =>
          store.put(key, response, new TextEncoder().encode(new TextDecoder().decode(payload)), replaces),
      }),
    ],
    [
      'it keeps the buffer that content is a part of',
      'any bytes may be content',
      (store) => ({
        put: (key, response, { buffer }, replaces) => store.put(key, response, new Uint8Array(buffer), replaces),
      }),
    ],
    [
      'it folds the case of keys',
      'keys are compared',
      (store) => ({
        list: (key) => store.list(key.toLowerCase()),
        payload: (key, id) => store.payload(key.toLowerCase(), id),
        put: (key, ...rest) => store.put(key.toLowerCase(), ...rest),
      }),
    ],
    [
      'it cuts keys',
      'keys are compared',
      (store) => ({
        list: (key) => store.list(key.slice(0, 1000)),
        payload: (key, id) => store.payload(key.slice(0, 1000), id),
        put: (key, ...rest) => store.put(key.slice(0, 1000), ...rest),
      }),
    ],
    [
      'it keeps content by id alone',
      'one id may be stored under two keys',
      (_, rows) => ({ payload: (_, id) => rows.find(({ response }) => response.id === id)?.payload ?? null }),
    ],
    [
      'it keeps content by key alone',
      'of responses put at the same time',
      (_, rows) => ({ payload: (key) => rows.find((row) => row.key === key)?.payload ?? null }),
    ],
    ['anybody has the lock', 'of 32 who ask', () => ({ lock: always(() => {}) })],
    ['nobody has the lock', 'a lock is had by one', () => ({ lock: () => null })],
    ['a lock never expires', 'a lock expires', (store) => ({ lock: (key) => store.lock(key, 1e9) })],
    [
      'a late holder gives back the lock of the next',
      'a lock expires',
      (store) => ({
        async lock(key, ms) {
          const release = await store.lock(key, ms);
          return release && (() => store.delete(key));
        },
      }),
    ],
    ['there is one lock for all', 'locks of different keys', (store) => ({ lock: (_, ms) => store.lock('all', ms) })],
    [
      'delete leaves the lock',
      'delete takes the lock',
      (store) => ({ lock: (key, ms) => store.lock(`${key}lock`, ms) }),
    ],
  ])('%s: "%s"', async (_, law, mutate) => {
    const broken = await brokenLaws(mutate);
    expect(broken.filter((name) => name.startsWith(law))).not.toEqual([]);
  });
});
