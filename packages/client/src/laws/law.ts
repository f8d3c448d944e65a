import assert from 'node:assert/strict';
import type { ResponseStore, StoredResponse } from '../port.ts';

/** Checks one property of a store, using only keys that begin with the given one, which was never used before. */
export type Law = (store: ResponseStore, key: string) => Promise<void>;

/** Laws by what they say. */
export type Laws = Record<string, Law>;

/** A response as it might be stored. */
export function response(members: Partial<StoredResponse> = {}): StoredResponse {
  return {
    id: crypto.randomUUID(),
    status: 200,
    statusText: 'OK',
    headers: { 'content-type': 'text/plain', etag: '"v1"' },
    selecting: {},
    requested: Date.now(),
    received: Date.now() + 18,
    wireBytes: null,
    took: 18.581839000000002,
    ...members,
  };
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Checks what is stored under a key: these responses in any order, each with its content. */
export async function assertStored(
  store: ResponseStore,
  key: string,
  expected: readonly [StoredResponse, Uint8Array][],
): Promise<void> {
  const listed = await store.list(key);
  const byId = (a: StoredResponse, b: StoredResponse) => (a.id < b.id ? -1 : 1);
  assert.deepEqual([...listed].sort(byId), expected.map(([response]) => response).sort(byId));
  for (const [{ id }, payload] of expected) {
    const stored = await store.payload(key, id);
    assert.ok(stored instanceof Uint8Array, `the content of ${id} is ${stored}`);
    assert.deepEqual(new Uint8Array(stored), new Uint8Array(payload));
  }
}
