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
