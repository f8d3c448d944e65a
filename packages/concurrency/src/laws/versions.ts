import assert from 'node:assert/strict';
import { oneOf } from '@etag/core';
import { erase, kindAndVersion, type Laws, write } from './law.ts';

/** A version names one state of a key for ever, also after the key was deleted and created again. */
export const recreations: Laws = {
  'no version repeats in 1,000 writes, deletes and re-creations among them': async (store, key) => {
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      // Runs of different lengths, and the same few values: neither a count nor the content names a version.
      if (i % 7 === 3 || i % 10 === 9) await erase(store, key);
      seen.add((await write(store, key, i % 3)).version);
    }
    assert.equal(seen.size, 1000);
  },

  'no old version fits after a re-creation': async (store, key) => {
    const old: string[] = [];
    for (let i = 0; i < 20; i++) old.push((await write(store, key, i)).version);
    await erase(store, key);
    for (let i = 0; i < 20; i++) {
      const { version } = await write(store, key, i);
      assert.deepEqual(kindAndVersion(await store.put(key, 'lost', oneOf(...old))), ['stale', version]);
      assert.deepEqual(kindAndVersion(await store.delete(key, oneOf(...old))), ['stale', version]);
    }
  },
};

/** A version names one state of a key. */
export const versions: Laws = {
  'no version repeats in 1,000 writes': async (store, key) => {
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i++) seen.add((await write(store, key, i % 3)).version);
    assert.equal(seen.size, 1000);
  },

  'the same value written again has a new version': async (store, key) => {
    const first = await write(store, key, { text: 'same' });
    const second = await write(store, key, { text: 'same' });
    assert.notEqual(first.version, second.version);
    assert.equal((await store.put(key, { text: 'same' }, oneOf(first.version))).kind, 'stale');
  },

  'the modification time is that of the write and never goes backwards': async (store, key) => {
    const start = Date.now();
    let last = 0;
    for (let i = 0; i < 50; i++) {
      const { modified } = await write(store, key, i);
      if (modified === undefined) return;
      assert.ok(modified >= last, `${modified} comes before ${last}`);
      // The clock of the store may be another machine's.
      assert.ok(Math.abs(modified - start) < 600_000, `${modified} is no time in ms near ${start}`);
      last = modified;
    }
  },
};
