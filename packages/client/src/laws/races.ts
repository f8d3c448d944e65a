import assert from 'node:assert/strict';
import type { ResponseStore } from '../port.ts';
import { bytes, type Laws, response } from './law.ts';

const RACERS = Array.from({ length: 32 }, (_, racer) => racer);

/** Whoever comes first: the metadata of one response never meets the content of another. */
export const races: Laws = {
  'of responses put at the same time, each has its own content': async (store, key) => {
    await Promise.all(RACERS.map((racer) => put(store, key, racer)));
    await assertOwnContent(store, key, RACERS.length);
  },

  'put, freshen and delete at the same time leave whole responses': async (store, key) => {
    for (let round = 0; round < 10; round++) {
      await put(store, key, 100);
      const before = await store.list(key);
      await Promise.all([
        ...before.map((one) => store.freshen(key, { ...one, received: one.received + 1 })),
        put(
          store,
          key,
          101,
          before.map(({ id }) => id),
        ),
        ...(round % 2 ? [store.delete(key)] : []),
        ...before.map((one) => store.freshen(key, { ...one, received: one.received + 2 })),
      ]);
      await assertOwnContent(store, key, null);
    }
  },
};

/** Stores a response whose tag names its content. */
async function put(store: ResponseStore, key: string, number: number, replaces: string[] = []): Promise<void> {
  await store.put(key, response({ headers: { etag: `"${number}"` } }), bytes(`"${number}"`), replaces);
}

async function assertOwnContent(store: ResponseStore, key: string, count: number | null): Promise<void> {
  const listed = await store.list(key);
  if (count !== null) assert.equal(listed.length, count);
  for (const { id, headers } of listed) {
    const payload = await store.payload(key, id);
    assert.equal(payload && new TextDecoder().decode(payload), headers.etag);
  }
}
