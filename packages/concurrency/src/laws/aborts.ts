import assert from 'node:assert/strict';
import { absent, any } from '@etag/core';
import { type Laws, write } from './law.ts';

/** An aborted call does nothing. */
export const aborts: Laws = {
  'a call with an aborted signal rejects with its reason, and nothing is written': async (store, key) => {
    await write(store, key, 'kept');
    const before = await store.get(key);
    const reason = new Error('the client went away');
    const options = { signal: AbortSignal.abort(reason) };
    const isReason = (error: unknown) => error === reason;
    await assert.rejects(store.get(key, options), isReason);
    await assert.rejects(store.state(key, options), isReason);
    await assert.rejects(store.put(key, 'lost', any, options), isReason);
    await assert.rejects(store.put(`${key}.`, 'lost', absent, options), isReason);
    await assert.rejects(store.delete(key, any, options), isReason);
    assert.deepEqual(await store.get(key), before);
    assert.equal(await store.get(`${key}.`), null);
  },

  'a signal that is not aborted changes nothing': async (store, key) => {
    const options = { signal: new AbortController().signal };
    assert.equal((await store.put(key, 1, any, options)).kind, 'created');
    assert.equal((await store.get(key, options))?.value, 1);
    assert.equal((await store.delete(key, any, options)).kind, 'deleted');
  },
};
