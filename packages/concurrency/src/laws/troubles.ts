import assert from 'node:assert/strict';
import { absent, any, oneOf } from '@etag/core';
import { type Store, write } from './law.ts';

/** Stores in trouble, each on the same values as the store under test. */
export interface Troubles {
  /** Something other than the version keeps its writes from the rows: row level security, a trigger. */
  blocked?: Store | undefined;
  /** No two of its values may be alike: another column is unique. */
  unique?: Store | undefined;
  /** Nothing that it writes can be sent: its pool is exhausted, or nobody listens. */
  unreachable?: Store | undefined;
}

/** Checks what a store in trouble says, using only keys that begin with the given one. */
type TroubleLaw = (troubled: Store, store: Store, key: string) => Promise<void>;

const codeOf = (error: unknown) => (Object(error) as { code?: unknown }).code;

/** What has to be said where a write does not go through, and nobody came first. */
export const troubleLaws: Record<keyof Troubles, Record<string, TroubleLaw>> = {
  blocked: {
    'a write that something else keeps from its row is an error that says so': async (blocked, store, key) => {
      const { version } = await write(store, key, 'kept');
      const before = await store.get(key);
      const isBlocked = (error: unknown) => codeOf(error) === 'ETAG_WRITE_BLOCKED';
      await assert.rejects(blocked.put(key, 'lost', oneOf(version)), isBlocked);
      await assert.rejects(blocked.put(key, 'lost', any), isBlocked);
      await assert.rejects(blocked.delete(key, oneOf(version)), isBlocked);
      await assert.rejects(blocked.put(`${key}.`, 'lost', absent), isBlocked);
      assert.equal((await blocked.put(key, 'lost', oneOf('never'))).kind, 'stale');
      assert.deepEqual(await store.get(key), before);
      assert.equal(await store.get(`${key}.`), null);
    },
  },
  unique: {
    'another value that has to be unique is an error, and nobody who came first': async (unique, store, key) => {
      await write(unique, key, key);
      const other = `${key}.`;
      for (const expectation of [absent, any]) {
        await assert.rejects(unique.put(other, key, expectation), isKnown);
        assert.equal(await store.get(other), null);
      }
      const { version } = await write(unique, other, other);
      await assert.rejects(unique.put(other, key, oneOf(version)), isKnown);
      assert.equal((await store.get(other))?.version, version);
    },
  },
  unreachable: {
    'a write that was never sent is known to have failed': async (unreachable, store, key) => {
      await assert.rejects(unreachable.get(key));
      await assert.rejects(unreachable.put(key, 'lost', any), isKnown);
      await assert.rejects(unreachable.put(key, 'lost', absent), isKnown);
      await assert.rejects(unreachable.delete(key, any), isKnown);
      assert.equal(await store.get(key), null);
    },
  },
};

/** An error of a write of which it is known that nothing was written. */
function isKnown(error: unknown): boolean {
  return error instanceof Error && codeOf(error) !== 'ETAG_OUTCOME_UNKNOWN' && codeOf(error) !== 'ERR_ASSERTION';
}
