import { outcome, type Versioned } from '@etag/core';
import { refusalOf } from '../current.ts';
import { type VersionedStore, versionedStore } from '../store.ts';

/**
 * A store in the memory of one process: for tests and for what may be forgotten. Atomic because nothing is awaited
 * between reading and writing. Values are cloned on their way in and out, so that nobody holds the stored one.
 *
 * @returns a store of values that `structuredClone` can copy
 * @throws DOMException (DataCloneError), from put, for a value that cannot be cloned
 */
export function memoryStore<T>(): VersionedStore<string, T> {
  const stored = new Map<string, Versioned<T>>();
  // A client may still hold a tag from before a restart: the prefix tells this life of the store from every other.
  const life = randomName();
  let writes = 0;
  return versionedStore<string, T>({
    get: async (key) => structuredClone(stored.get(key) ?? null),
    version: async (key) => stored.get(key) ?? null,
    async put(key, value, expectation) {
      const current = stored.get(key) ?? null;
      const refusal = refusalOf(expectation, current);
      if (refusal) return refusal;
      // The clock may be set back; the modification time of a key does not follow.
      const modified = Math.max(Date.now(), current?.modified ?? 0);
      const next = { version: `${life}.${++writes}`, modified, value: structuredClone(value) };
      stored.set(key, next);
      return outcome({ kind: current ? 'updated' : 'created', ...structuredClone(next) });
    },
    async delete(key, expectation) {
      const current = stored.get(key) ?? null;
      const refusal = refusalOf(expectation, current);
      if (refusal) return refusal;
      return outcome({ kind: stored.delete(key) ? 'deleted' : 'missing' });
    },
  });
}

/** 48 random bits in base64url. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
