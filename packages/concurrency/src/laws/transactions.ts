import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { any, oneOf } from '@etag/core';
import type { VersionedStore } from '../store.ts';
import { type Laws, type Store, write } from './law.ts';

type Transact = NonNullable<VersionedStore<string, unknown>['transact']>;

/** More than a pool has connections, by the default of any driver. */
const MANY = 12;

/** Writes can be part of a transaction, where the store has them. */
export const transactions: Laws = {
  'a transaction keeps all that its work wrote': where(async (transact, store, key) => {
    await write(store, `${key} gone`, 0);
    const result = await transact(async (inside) => {
      const { version } = await write(inside as Store, key, 1);
      assert.equal((await inside.put(key, 2, oneOf(version))).kind, 'updated');
      assert.equal((await inside.put(key, 3, oneOf(version))).kind, 'stale');
      assert.equal((await inside.get(key))?.value, 2);
      await write(inside as Store, `${key}.`, 4);
      assert.equal((await inside.delete(`${key} gone`, any)).kind, 'deleted');
      return 'done';
    });
    assert.equal(result, 'done');
    assert.equal((await store.get(key))?.value, 2);
    assert.equal((await store.get(`${key}.`))?.value, 4);
    assert.equal(await store.get(`${key} gone`), null);
  }),

  'a transaction whose work throws writes nothing': where(async (transact, store, key) => {
    await write(store, key, 'kept');
    const before = await store.get(key);
    const error = new Error('of the work');
    const work = transact(async (inside) => {
      await write(inside as Store, key, 'lost');
      await write(inside as Store, `${key}.`, 'lost');
      throw error;
    });
    await assert.rejects(work, (thrown) => thrown === error);
    assert.deepEqual(await store.get(key), before);
    assert.equal(await store.get(`${key}.`), null);
  }),

  'transactions that are aborted end, write nothing, and free what they held': where(async (transact, store, key) => {
    const before = await write(store, key, 'kept');
    for (let i = 0; i < MANY; i++) {
      const signal = AbortSignal.timeout(20);
      const work = transact(
        async (inside) => {
          await write(inside as Store, key, 'lost');
          await new Promise(() => {});
        },
        { signal },
      );
      await assert.rejects(soon(work), (error) => error === signal.reason);
    }
    assert.equal((await soon(store.put(key, 'next', oneOf(before.version)))).kind, 'updated');
  }),

  'a write that waits for a transaction ends with its signal': where(async (transact, store, key) => {
    const { version } = await write(store, key, 'first');
    await transact(async (inside) => {
      await write(inside as Store, key, 'of the transaction');
      const waiting = store.put(key, 'waits', oneOf(version), { signal: AbortSignal.timeout(50) });
      const ended = await soon(
        waiting.then(
          ({ kind }) => kind,
          () => 'aborted',
        ),
        2000,
      );
      assert.ok(ended === 'aborted' || ended === 'contended', `a write beside a transaction is ${ended}`);
    });
    assert.equal((await store.get(key))?.value, 'of the transaction');
  }),
};

/** A law for stores that have transactions. */
function where(law: (transact: Transact, store: Store, key: string) => Promise<void>): Laws[string] {
  return async (store, key) => {
    if (store.transact) await law(store.transact, store, key);
  };
}

/** What a call gives that has to end by itself. */
async function soon<R>(call: Promise<R>, ms = 8000): Promise<R> {
  const timer = new AbortController();
  const late = wait(ms, undefined, { signal: timer.signal }).then(
    () => assert.fail(`It has not ended after ${ms} ms`),
    () => assert.fail('The call has ended'),
  );
  // What loses the race is not an error.
  late.catch(() => {});
  return await Promise.race([call, late]).finally(() => timer.abort());
}
