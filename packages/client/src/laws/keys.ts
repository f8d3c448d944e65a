import { assertStored, bytes, type Laws, response } from './law.ts';

/** A key names one resource as one identity saw it; no two share anything. */
export const keys: Laws = {
  'keys are compared character by character': async (store, key) => {
    const similar = [
      'a',
      'A',
      'a ',
      ' a',
      'a/',
      'a%2F',
      'a?',
      '\u00e9',
      'e\u0301',
      '{a}',
      '}{',
      'a:content',
      'a:lock',
      "'--",
    ];
    const long = 'x'.repeat(4000);
    const stored = [...similar, `${long}1`, `${long}2`].map((end) => [`${key}${end}`, response()] as const);
    for (const [name, one] of stored) await store.put(name, one, bytes(name), []);
    for (const [name, one] of stored) await assertStored(store, name, [[one, bytes(name)]]);
  },

  'one id may be stored under two keys': async (store, key) => {
    const a = response();
    const b = response({ id: a.id, headers: { etag: '"b"' } });
    await store.put(`${key}a`, a, bytes('a'), []);
    await store.put(`${key}b`, b, bytes('b'), []);
    await assertStored(store, `${key}a`, [[a, bytes('a')]]);
    await assertStored(store, `${key}b`, [[b, bytes('b')]]);
    await store.delete(`${key}a`);
    await assertStored(store, `${key}b`, [[b, bytes('b')]]);
  },
};
