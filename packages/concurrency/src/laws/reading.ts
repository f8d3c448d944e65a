import assert from 'node:assert/strict';
import { any, stateOf } from '@etag/core';
import { erase, type Laws, write } from './law.ts';

/** What was written is read back. */
export const reading: Laws = {
  'a key that was never written has neither value nor state': async (store, key) => {
    assert.equal(await store.get(key), null);
    assert.equal(await store.state(key), null);
  },

  'what a write returns is what is read afterwards': async (store, key) => {
    for (const value of [{ text: 'a' }, { text: 'b' }]) {
      const { kind, ...written } = await store.put(key, value, any);
      assert.equal(kind, value.text === 'a' ? 'created' : 'updated');
      const found = await store.get(key);
      assert.deepEqual({ ...found }, written);
      assert.deepEqual(found?.value, value);
    }
  },

  'the state is the tag and the time of what is stored': async (store, key) => {
    const written = await write(store, key, 1);
    assert.deepEqual(await store.state(key), stateOf(written));
    const rewritten = await write(store, key, 2);
    assert.deepEqual(await store.state(key), stateOf(rewritten));
  },

  'what was deleted is gone': async (store, key) => {
    await write(store, key, 1);
    await erase(store, key);
    assert.equal(await store.get(key), null);
    assert.equal(await store.state(key), null);
  },

  'a write to one key leaves the others as they are': async (store, key) => {
    await write(store, key, 1);
    const before = await store.get(key);
    await write(store, `${key}.`, 2);
    await erase(store, `${key}.`);
    assert.deepEqual(await store.get(key), before);
  },
};
