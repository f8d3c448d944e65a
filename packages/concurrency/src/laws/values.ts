import assert from 'node:assert/strict';
import { any, oneOf } from '@etag/core';
import { erase, kindAndVersion, type Laws, write } from './law.ts';

const ODD_KEYS = [
  ...['', ' ', '  ', '0', '-1', '1e3', 'null', '__proto__', 'constructor', 'a', 'A', 'a ', ' a', 'a\n', 'a\tb'],
  ...["'", "''", '"', '`', '\\', '\\\\', '%', '_', '%25', '*', '?', '$1', ':key', '/', '../..', '{}', '[]', '--', ';'],
  ...["'); DROP TABLE notes; --", 'é', 'e\u0301', 'ß', 'ss', 'İ', 'i', '日本', '🜁', '\u200b', '\ufeff', '\u{10ffff}'],
  ...['k'.repeat(1000), `${'k'.repeat(999)}K`],
];

const VALUES: Record<string, unknown> = {
  'false, zero, an empty string': [false, 0, ''],
  'null inside': { a: null, b: [null] },
  'empty containers': [{}, [], [[]], { '': {} }],
  nested: { a: [{ b: { c: [1, [2, [3]]] } }] },
  numbers: [1.5, -1, 1e21, 1e-7, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE, 0.1 + 0.2],
  unicode: ['é', 'e\u0301', '日本', '🜁', '\u2028', '\u0000', '\ufeff', '"\\/\b'],
  'lone surrogates': ['\ud800', '\udfff', { '\udc00': 1 }],
  'a member named __proto__': JSON.parse('{"__proto__":{"a":1}}'),
  'a megabyte': 'ü'.repeat(500_000),
};

/** Keys and values are kept as they are given. */
export const values: Laws = {
  'keys are compared character by character': async (store, key) => {
    for (const odd of ODD_KEYS) await write(store, key + odd, odd);
    for (const odd of ODD_KEYS) assert.equal((await store.get(key + odd))?.value, odd);
    for (const odd of ODD_KEYS) await erase(store, key + odd);
  },

  'a key that is not text is a TypeError': async (store, key) => {
    await write(store, '7', key);
    for (const slip of [7, undefined, null, { toString: () => '7' }] as unknown as string[]) {
      await assert.rejects(store.get(slip), TypeError);
      await assert.rejects(store.state(slip), TypeError);
      await assert.rejects(store.put(slip, 'lost', any), TypeError);
      await assert.rejects(store.delete(slip, any), TypeError);
    }
    await erase(store, '7');
  },

  'a key may be anything that is Unicode': async (store) => {
    for (const odd of ODD_KEYS) {
      const version = (await store.get(odd))?.version ?? 'never';
      const { version: written } = await write(store, odd, odd);
      assert.deepEqual(kindAndVersion(await store.delete(odd, oneOf(version))), ['stale', written]);
      assert.equal((await store.delete(odd, oneOf(written))).kind, 'deleted');
    }
  },

  'what is done to a value after it was put, or to one that was got, changes nothing': async (store, key) => {
    const given = { list: [1] };
    const outcome = await store.put(key, given, any);
    given.list.push(2);
    if ('value' in outcome) outcome.value.list.push(3);
    (await store.get(key))?.value.list.push(4);
    assert.deepEqual((await store.get(key))?.value, { list: [1] });
  },
};

for (const [name, value] of Object.entries(VALUES)) {
  values[`a value comes back as it was put: ${name}`] = async (store, key) => {
    await write(store, key, value);
    assert.deepEqual((await store.get(key))?.value, value);
  };
}
