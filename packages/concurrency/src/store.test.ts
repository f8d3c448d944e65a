import { any, type CurrentVersion, type Expectation, noneOf, outcome } from '@etag/core';
import { describe, expect, test, vi } from 'vitest';
import { compareAndSetStore } from './compare-and-set.ts';
import { memoryStore } from './memory/index.ts';
import { replace } from './replace.ts';
import { type StoreMethods, versionedStore } from './store.ts';
import { update } from './update.ts';

/** An engine that says of every key that this is stored. */
function engine(current: unknown) {
  const stored = current as CurrentVersion;
  return {
    get: async () => ({ ...stored, value: 'old' }),
    version: async () => stored,
    create: vi.fn(),
    replace: vi.fn(),
    remove: vi.fn(),
    failure: () => 'failed' as const,
  };
}

const GARBAGE = [
  { version: undefined },
  { version: null },
  { version: '' },
  { version: 7 },
  { version: 7n },
  { version: new Date() },
  { version: Number.NaN },
  { version: '7', modified: Number.NaN },
  { version: '7', modified: Number.POSITIVE_INFINITY },
  { version: '7', modified: null },
  { version: '7', modified: '2026-01-02' },
  { version: '7', modified: new Date(Number.NaN) },
];

describe.each(GARBAGE)('an engine that gives %o', (current) => {
  test('fails the reads', async () => {
    const store = compareAndSetStore(engine(current));
    await expect(store.get('a')).rejects.toThrow(TypeError);
    await expect(store.state('a')).rejects.toThrow(TypeError);
  });

  test.each<Expectation>([
    { unmodifiedSince: 8.64e15 },
    { oneOf: ['7', '8'] },
    noneOf('8'),
    { exists: true, noneOf: [] },
  ])('lets no write through: %j', async (expectation) => {
    const steps = engine(current);
    const store = compareAndSetStore(steps);
    await expect(store.put('a', 'new', expectation)).rejects.toThrow(TypeError);
    await expect(store.delete('a', expectation)).rejects.toThrow(TypeError);
    await expect(update(store, 'a', () => 'new', expectation)).rejects.toThrow(TypeError);
    expect(steps.replace).not.toHaveBeenCalled();
    expect(steps.remove).not.toHaveBeenCalled();
  });
});

test('an engine that gives a version of its own write that is not one fails the write', async () => {
  const steps = engine({ version: '7' });
  steps.replace.mockResolvedValue({ value: 'new', version: 8 });
  await expect(compareAndSetStore(steps).put('a', 'new', any)).rejects.toThrow(TypeError);
});

describe('what a store says of a write', () => {
  const methods: StoreMethods<string, string> = {
    get: async () => null,
    version: async () => null,
    put: async () => outcome({ kind: 'missing' }),
    delete: async () => outcome({ kind: 'missing' }),
  };

  test.each([undefined, null, true, { kind: 'updated', version: '1', value: 'new' }, { kind: 'deleted' }])(
    'is never %o, which outcome() did not make',
    async (result) => {
      const made = async () => result as never;
      const store = versionedStore({ ...methods, put: made, delete: made });
      await expect(store.put('a', 'new', any)).rejects.toThrow('outcome({ kind');
      await expect(store.delete('a', any)).rejects.toThrow('outcome({ kind');
    },
  );
});

describe('a slip in the place of an expectation', () => {
  test.each([undefined, null, '"v7"', { oneof: ['7'] }, { ifMatch: '"v7"' }, ['7'], { version: '7' }])(
    '%j is a TypeError of replace and update, whatever is stored',
    async (slip) => {
      const store = memoryStore<string>();
      await store.put('1', 'theirs', any);
      for (const key of ['1', '2']) {
        await expect(replace(store, key, 'mine', slip as Expectation)).rejects.toThrow(TypeError);
        await expect(update(store, key, () => 'mine', slip as Expectation)).rejects.toThrow(TypeError);
      }
      expect(await store.get('1')).toMatchObject({ value: 'theirs' });
      expect(await store.get('2')).toBeNull();
    },
  );
});

test('undefined is not a value: a change that forgets to return does not empty what is stored', async () => {
  const store = memoryStore<unknown>();
  await store.put('1', 'theirs', any);
  await expect(store.put('1', undefined, any)).rejects.toThrow(TypeError);
  await expect(update(store, '1', () => {}, any)).rejects.toThrow(TypeError);
  expect(await store.get('1')).toMatchObject({ value: 'theirs' });
});
