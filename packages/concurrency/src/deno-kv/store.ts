import { jsonOf, type Versioned } from '@etag/core';
import { type CompareAndSet, compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import { checkPlace } from '../place.ts';
import type { VersionedStore } from '../store.ts';

type Key = readonly (string | number | bigint | boolean | Uint8Array)[];

/** An `AtomicOperation` of Deno KV. */
export interface DenoKvAtomic {
  check(check: { key: Key; versionstamp: string | null }): DenoKvAtomic;
  set(key: Key, value: unknown): DenoKvAtomic;
  delete(key: Key): DenoKvAtomic;
  commit(): Promise<{ ok: false } | { ok: true; versionstamp: string }>;
}

/** A `Deno.Kv`. */
export interface DenoKv {
  get(key: Key): Promise<{ value: unknown; versionstamp: string | null }>;
  atomic(): DenoKvAtomic;
}

/** Where a store keeps its values. */
export interface DenoKvStoreOptions {
  /** What the keys of the store begin with, and no others: `['notes']`, say. */
  prefix: Key;
}

/**
 * A store in Deno KV: each write is one atomic operation that checks the versionstamp, each read is strongly consistent. The
 * version is the versionstamp, which the database counts and never gives twice. A value is kept as Deno KV keeps it, and is
 * one that JSON has.
 *
 * @param kv - a `Deno.Kv`, or what `openKv` of @deno/kv gives; it stays yours. A remote one of @deno/kv is opened with
 *   `{ maxRetries: 0 }`
 * @param options - `prefix`: the parts that the keys of the store begin with
 * @returns a store, without modification times
 * @throws TypeError for what is not a Deno KV, or a client that sends writes again by itself; from the methods, when a value
 *   is not JSON
 * @see https://docs.deno.com/deploy/kv/transactions/
 */
export function denoKvStore<T>(kv: DenoKv, options: DenoKvStoreOptions): VersionedStore<string, T> {
  checkPlace(options, [], ['prefix']);
  const { prefix } = options;
  const { get, atomic } = Object(kv) as Partial<DenoKv>;
  if (typeof get !== 'function' || typeof atomic !== 'function') {
    throw new TypeError('Not a Deno KV: give what Deno.openKv() resolves with');
  }
  if (!Array.isArray(prefix)) throw new TypeError("The prefix is a list of parts, such as ['notes']");
  if (((kv as { maxRetries?: number }).maxRetries ?? 0) > 0) {
    throw new TypeError(
      'After a lost connection this client sends again what may be done already: open it with { maxRetries: 0 }',
    );
  }
  return compareAndSetStore(engineOf<T>(kv, prefix));
}

/** The five steps. */
function engineOf<T>(kv: DenoKv, prefix: Key): CompareAndSet<string, T> {
  const keyOf = (key: string): Key => [...prefix, key];

  /** Writes where the key has the versionstamp, null for none; the new versionstamp, or null where it has another. */
  async function commit(key: Key, versionstamp: string | null, write: Write): Promise<string | null> {
    const committed = await write(kv.atomic().check({ key, versionstamp }), key).commit();
    return committed.ok ? committed.versionstamp : null;
  }

  /** Writes over the version, or over whatever is there when it is null, until nobody comes between. */
  async function commitOver(key: Key, version: string | null, write: Write): Promise<string | null> {
    if (version !== null) return VERSIONSTAMP.test(version) ? await commit(key, version, write) : null;
    for (;;) {
      const { versionstamp } = await kv.get(key);
      const written = versionstamp === null ? null : await commit(key, versionstamp, write);
      if (versionstamp === null || written !== null) return written;
    }
  }

  function put(value: T, commit: (write: Write) => Promise<string | null>): Promise<Versioned<T> | null> {
    const stored = JSON.parse(jsonOf(value)) as T;
    const committing = commit((operation, key) => operation.set(key, stored));
    return committing.then((version) => (version === null ? null : { version, value: stored }));
  }

  return {
    async get(key) {
      const { value, versionstamp } = await kv.get(keyOf(key));
      return versionstamp === null ? null : { version: versionstamp, value: value as T };
    },
    async version(key) {
      const { versionstamp } = await kv.get(keyOf(key));
      return versionstamp === null ? null : { version: versionstamp };
    },
    create: (key, value) => put(value, (write) => commit(keyOf(key), null, write)),
    replace: (key, value, version) => put(value, (write) => commitOver(keyOf(key), version, write)),
    async remove(key, version) {
      return (await commitOver(keyOf(key), version, (operation, key) => operation.delete(key))) !== null;
    },
    failure: failureOf,
  };
}

/** Adds to an operation what it writes to the key. */
type Write = (operation: DenoKvAtomic, key: Key) => DenoKvAtomic;

/** As Deno KV writes it. What else a client may take for a version never is one. */
const VERSIONSTAMP = /^[0-9a-f]{20}$/;

/**
 * What Deno KV says before it writes: the key or the value is too large, the database is closed. Deno says it by a TypeError
 * or a BadResource, @deno/kv by these messages.
 */
const REFUSED = /^(KeyTooLong|ValueTooLong|(Key|Value) too large|Cannot call '\.commit' after '\.close')/;

function failureOf(error: unknown): WriteFailure {
  const { name, message } = Object(error) as Partial<Error>;
  // Another process is writing to the file: SQLite has begun nothing.
  if (/\bdatabase is locked\b/.test(String(message))) return 'conflict';
  const isRefused = name === 'TypeError' || name === 'BadResource' || REFUSED.test(String(message));
  return isRefused ? 'failed' : 'unknown';
}
