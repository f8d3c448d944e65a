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
    get: async (key) => copyOf(stored.get(key) ?? null),
    version: async (key) => stored.get(key) ?? null,
    async put(key, value, expectation) {
      const current = stored.get(key) ?? null;
      const refusal = refusalOf(expectation, current);
      if (refusal) return refusal;
      // The clock may be set back; the modification time of a key does not follow.
      const modified = Math.max(Date.now(), current?.modified ?? 0);
      const next = { version: `${life}.${++writes}`, modified, value: clone(value) };
      stored.set(key, next);
      return outcome({ kind: current ? 'updated' : 'created', ...copyOf(next) });
    },
    async delete(key, expectation) {
      const current = stored.get(key) ?? null;
      const refusal = refusalOf(expectation, current);
      if (refusal) return refusal;
      return outcome({ kind: stored.delete(key) ? 'deleted' : 'missing' });
    },
  });
}

/** Only the value can be changed by those who get it. */
function copyOf<V extends Versioned<unknown> | null>(versioned: V): V {
  return versioned && { ...versioned, value: clone(versioned.value) };
}

/** As structuredClone(), which takes as long for one flat object (a note, a row) as all the rest of a write. */
function clone<T>(value: T): T {
  if (Object.getPrototypeOf(value ?? 0) !== Object.prototype) return structuredClone(value);
  const copy = { ...value };
  const isFlat = Object.values(copy as object).every(isPrimitive) && Object.getOwnPropertySymbols(copy).length === 0;
  return isFlat ? copy : structuredClone(value);
}

function isPrimitive(value: unknown): boolean {
  return value === null || !['object', 'function', 'symbol'].includes(typeof value);
}

/** 48 random bits in base64url. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
