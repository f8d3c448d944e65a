import { any, oneOf } from '@etag/core';
import { describe, expect, test } from 'vitest';
import { testVersionedStore } from '../testing.ts';
import { memoryStore } from './index.ts';

describe('the contract', () => testVersionedStore(test, async () => ({ store: memoryStore() })));

test('a version of one store fits no other', async () => {
  const before = memoryStore<number>();
  const after = memoryStore<number>();
  const seen = await before.put('a', 1, any);
  await after.put('a', 1, any);
  expect(await after.put('a', 2, oneOf('version' in seen ? seen.version : ''))).toMatchObject({ kind: 'stale' });
});

test('a value that cannot be cloned is refused, and nothing is written', async () => {
  const store = memoryStore<() => void>();
  await expect(store.put('a', () => {}, any)).rejects.toThrow(DOMException);
  expect(await store.get('a')).toBeNull();
});

test.each([
  ['a flat object', { text: 'a', count: 1, big: 1n, none: null, gone: undefined, isDraft: false }],
  ['an object of objects', { list: [1], date: new Date(0), inner: { map: new Map([[1, 2]]) } }],
  ['one without a prototype', Object.assign(Object.create(null), { text: 'a' })],
  ['one with a member that a symbol names', { text: 'a', [Symbol('hidden')]: 1 }],
  ['one with a getter', Object.defineProperty({}, 'now', { get: () => 1, enumerable: true })],
  ['one whose member is __proto__', JSON.parse('{"__proto__": {"a": 1}, "b": 2}')],
  ['one whose member is a primitive __proto__', JSON.parse('{"__proto__": 1, "b": 2}')],
  [
    'an instance of a class',
    new (class Note {
      text = 'a';
    })(),
  ],
  ['text', 'a'],
  ['null', null],
])('a value is cloned as structuredClone does it: %s', async (_, value) => {
  const store = memoryStore<unknown>();
  const expected = structuredClone(value);
  const outcome = await store.put('a', value, any);
  expect('value' in outcome && outcome.value).toStrictEqual(expected);
  expect((await store.get('a'))?.value).toStrictEqual(expected);
});

test.each([
  ['a function', { run: () => {} }],
  ['a symbol', { name: Symbol('a') }],
])('a flat object with %s in it is refused, and nothing is written', async (_, value) => {
  const store = memoryStore<unknown>();
  await expect(store.put('a', value, any)).rejects.toThrow(DOMException);
  expect(await store.get('a')).toBeNull();
});
