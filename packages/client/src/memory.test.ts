import { describe, expect, test } from 'vitest';
import { bytes, response } from './laws/law.ts';
import { memoryStore } from './memory.ts';
import { testResponseStore } from './testing.ts';

describe('the contract', () => testResponseStore(test, async () => ({ store: memoryStore() })));

test('the least recently used goes first', async () => {
  const store = memoryStore({ maxBytes: 10_000 });
  const put = (key: string) => store.put(key, response(), new Uint8Array(1000), []);
  for (const key of ['a', 'b', 'c']) await put(key);
  await store.list('a');
  await put('d');
  expect(await store.list('b')).toEqual([]);
  for (const key of ['a', 'c', 'd']) expect(await store.list(key)).toHaveLength(1);
});

test('what is put in place of another gives its bytes back', async () => {
  const store = memoryStore({ maxBytes: 10_000 });
  await store.put('kept', response(), bytes('kept'), []);
  let last = response();
  await store.put('a', last, new Uint8Array(3000), []);
  for (let i = 0; i < 100; i++) {
    const next = response();
    await store.put('a', next, new Uint8Array(3000), [last.id]);
    await store.freshen('a', { ...next, received: i });
    last = next;
  }
  expect(await store.list('kept')).toHaveLength(1);
});

test('what is larger than all of it is not stored, and drives nothing out', async () => {
  const store = memoryStore({ maxBytes: 10_000 });
  await store.put('kept', response(), bytes('kept'), []);
  await store.put('large', response(), new Uint8Array(10_001), []);
  expect(await store.list('large')).toEqual([]);
  expect(await store.list('kept')).toHaveLength(1);
});

test.each([0, -1, Number.NaN])('maxBytes %s is refused', (maxBytes) => {
  expect(() => memoryStore({ maxBytes })).toThrow(RangeError);
});
