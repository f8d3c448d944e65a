import { holds } from './expectation.js';
import { refused, type Versioned } from './outcome.js';
import { stateOf, type VersionedStore } from './port.js';

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
  return {
    async get(key, options) {
      options?.signal?.throwIfAborted();
      return structuredClone(stored.get(key) ?? null);
    },
    async state(key, options) {
      options?.signal?.throwIfAborted();
      return stateOf(stored.get(key) ?? null);
    },
    async put(key, value, expectation, options) {
      options?.signal?.throwIfAborted();
      const current = stored.get(key) ?? null;
      if (!holds(expectation, current)) return refused(expectation, current);
      // The clock may be set back; the modification time of a key does not follow.
      const modified = Math.max(Date.now(), current?.modified ?? 0);
      const next = { version: `${life}.${++writes}`, modified, value: structuredClone(value) };
      stored.set(key, next);
      return { kind: current ? 'updated' : 'created', ...structuredClone(next) };
    },
    async delete(key, expectation, options) {
      options?.signal?.throwIfAborted();
      const current = stored.get(key) ?? null;
      if (!current || !holds(expectation, current)) return refused(expectation, current);
      stored.delete(key);
      return { kind: 'deleted' };
    },
  };
}

/** 48 random bits in base64url. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
