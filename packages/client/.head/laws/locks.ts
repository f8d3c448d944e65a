import assert from 'node:assert/strict';
import type { Release, ResponseStore } from '../port.js';
import type { Law, Laws } from './law.js';

type Lock = NonNullable<ResponseStore['lock']>;

const LONG_MS = 60_000;
const SHORT_MS = 50;

/** A law of stores that can lock; others keep it. */
function locking(law: (lock: Lock, store: ResponseStore, key: string) => Promise<void>): Law {
  return async (store, key) => {
    if (store.lock) await law(store.lock.bind(store), store, key);
  };
}

/** One holder at a time, and never for ever. */
export const locks: Laws = {
  'a lock is had by one until he gives it back': locking(async (lock, _, key) => {
    const release = await got(lock, key);
    assert.equal(await lock(key, LONG_MS), null);
    await release();
    const again = await got(lock, key);
    await again();
  }),

  'of 32 who ask for a lock one has it': locking(async (lock, _, key) => {
    const all = await Promise.all(Array.from({ length: 32 }, () => lock(key, LONG_MS)));
    assert.equal(all.filter((release) => release !== null).length, 1);
  }),

  'locks of different keys have nothing to do with each other': locking(async (lock, _, key) => {
    await got(lock, `${key}a`);
    await got(lock, `${key}b`);
  }),

  'a lock expires, and its late holder does not give back that of the next': locking(async (lock, _, key) => {
    const late = await got(lock, key, SHORT_MS);
    const deadline = performance.now() + 40 * SHORT_MS;
    let next = await lock(key, LONG_MS);
    while (!next && performance.now() < deadline) next = await lock(key, LONG_MS);
    assert.ok(next, `a lock of ${SHORT_MS} ms is still had`);
    await late();
    assert.equal(await lock(key, LONG_MS), null);
    await next();
  }),

  'delete takes the lock': locking(async (lock, store, key) => {
    const late = await got(lock, key);
    await store.delete(key);
    await got(lock, key);
    await late();
    assert.equal(await lock(key, LONG_MS), null);
  }),
};

async function got(lock: Lock, key: string, ms = LONG_MS): Promise<Release> {
  const release = await lock(key, ms);
  assert.ok(release, 'the lock is free, and was not given');
  return release;
}
