import assert from 'node:assert/strict';
import { sectionIn } from '../key.ts';
import { assertStored, bytes, type Laws, response } from './law.ts';

/** What is put comes back, until it is replaced or deleted. */
export const storing: Laws = {
  'nothing is stored under a new key': async (store, key) => {
    assert.deepEqual(await store.list(key), []);
    assert.equal(await store.payload(key, 'any'), null);
    await store.delete(key);
  },

  'a response comes back as it was put': async (store, key) => {
    const headers = { etag: '"\u00e9\u00ff\\"', link: '<a>; rel="b", <c>', 'x-long': 'x'.repeat(8000), 'x-empty': '' };
    const selecting = { accept: 'text/html;q="\\""', 'x-api-key': null };
    const stored = response({ status: 203, statusText: '', headers, selecting, wireBytes: 12_345_678_901 });
    await store.put(key, stored, bytes('content'), []);
    await assertStored(store, key, [[stored, bytes('content')]]);
  },

  'any bytes may be content: none, all there are, a megabyte': async (store, key) => {
    const contents = [
      new Uint8Array(),
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
      new Uint8Array(1024 * 1024).fill(0xff),
      // A part of a buffer that has more.
      new Uint8Array(bytes('0123456789').buffer, 3, 4),
    ];
    for (const [i, content] of contents.entries()) {
      const stored = response();
      await store.put(`${key}${i}`, stored, content, []);
      await assertStored(store, `${key}${i}`, [[stored, content]]);
    }
  },

  'variants are stored beside each other, and those replaced are gone': async (store, key) => {
    const [a, b, c, d] = [response(), response(), response(), response()];
    await store.put(key, a, bytes('a'), []);
    await store.put(key, b, bytes('b'), []);
    await store.put(key, c, bytes('c'), [a.id]);
    await assertStored(store, key, [
      [b, bytes('b')],
      [c, bytes('c')],
    ]);
    await store.put(key, d, bytes('d'), [b.id, c.id, 'never stored']);
    await assertStored(store, key, [[d, bytes('d')]]);
    for (const { id } of [a, b, c]) assert.equal(await store.payload(key, id), null);
  },

  'freshen changes the metadata of one response, and no content': async (store, key) => {
    const [a, b] = [response(), response()];
    await store.put(key, a, bytes('a'), []);
    await store.put(key, b, bytes('b'), []);
    const fresh = { ...a, headers: { etag: 'W/"v1"', 'x-new': 'added' }, received: a.received + 1000 };
    await store.freshen(key, fresh);
    await assertStored(store, key, [
      [fresh, bytes('a')],
      [b, bytes('b')],
    ]);
  },

  'freshen brings nothing back that is gone': async (store, key) => {
    const [a, b] = [response(), response()];
    await store.freshen(key, a);
    assert.deepEqual(await store.list(key), []);
    await store.put(key, a, bytes('a'), []);
    await store.put(key, b, bytes('b'), [a.id]);
    await store.freshen(key, a);
    await assertStored(store, key, [[b, bytes('b')]]);
    await store.delete(key);
    await store.freshen(key, b);
    assert.deepEqual(await store.list(key), []);
    assert.equal(await store.payload(key, b.id), null);
  },

  'delete forgets all variants, and what is put after it is stored': async (store, key) => {
    const [a, b] = [response(), response()];
    await store.put(key, a, bytes('a'), []);
    await store.put(key, b, bytes('b'), []);
    await store.delete(key);
    const c = response();
    assert.deepEqual(await store.list(key), []);
    assert.equal(await store.payload(key, a.id), null);
    await store.put(key, c, bytes('c'), []);
    await assertStored(store, key, [[c, bytes('c')]]);
  },

  'what was requested before a delete is not put after it': async (store, key) => {
    const requested = Date.now() - 1000;
    await store.put(key, response(), bytes('a'), []);
    await store.delete(key);
    await store.put(key, response({ requested }), bytes('older'), []);
    assert.deepEqual(await store.list(key), []);
    await store.put(`${key}/other`, response({ requested }), bytes('other'), []);
    assert.equal((await store.list(`${key}/other`)).length, 1);
    const newer = response({ requested: Date.now() + 1000 });
    await store.put(key, newer, bytes('newer'), []);
    await assertStored(store, key, [[newer, bytes('newer')]]);
  },

  'clear forgets a section of keys, and no other': async (store, key) => {
    if (!store.clear) return;
    const [section, elsewhere] = [sectionIn(key), key.replace(' ', ' *')];
    for (const one of [key, `${key}{*}`, elsewhere]) await store.put(one, response(), bytes(one), []);
    await store.clear(section);
    for (const one of [key, `${key}{*}`]) assert.deepEqual(await store.list(one), []);
    assert.equal((await store.list(elsewhere)).length, 1);
    await store.clear(section.replace(/.$/, '?'));
    await store.clear(section.slice(0, -1));
    assert.equal((await store.list(elsewhere)).length, 1);
  },

  'what was requested before a clear is not put after it': async (store, key) => {
    if (!store.clear) return;
    const requested = Date.now() - 1000;
    await store.clear(sectionIn(key));
    await store.put(key, response({ requested }), bytes('older'), []);
    assert.deepEqual(await store.list(key), []);
    const newer = response({ requested: Date.now() + 1000 });
    await store.put(key, newer, bytes('newer'), []);
    await assertStored(store, key, [[newer, bytes('newer')]]);
  },
};
