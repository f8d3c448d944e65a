import { absent, any, oneOf } from '@etag/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from './memory/index.ts';
import { replace } from './replace.ts';
import type { VersionedStore } from './store.ts';

interface Note {
  title: string;
  text?: string | undefined;
}

let store: VersionedStore<string, Note>;
let version: string;
beforeEach(async () => {
  store = memoryStore();
  await store.put('1', { title: 'old' }, any);
  version = (await store.get('1'))?.version ?? '';
});

test('replaces the expected version', async () => {
  expect(await replace(store, '1', { title: 'new' }, oneOf(version))).toMatchObject({ kind: 'updated' });
  expect(await store.get('1')).toMatchObject({ value: { title: 'new' } });
});

test('leaves any other as it is', async () => {
  expect(await replace(store, '1', { title: 'new' }, oneOf('0'))).toMatchObject({
    kind: 'stale',
    current: { version, modified: expect.any(Number) },
  });
  expect(await store.get('1')).toMatchObject({ value: { title: 'old' } });
});

describe('§13.1.1 the write of an earlier try', () => {
  const alreadyApplied = true;

  test('is a conflict unless told otherwise', async () => {
    expect(await replace(store, '1', { title: 'old' }, oneOf('0'))).toMatchObject({ kind: 'stale' });
  });

  test('is already applied when the stored value is the wanted one, whatever the order of its keys', async () => {
    await store.put('1', { title: 'a', text: 'b' }, any);
    const stored = await store.get('1');
    expect(await replace(store, '1', { text: 'b', title: 'a' }, oneOf(version), { alreadyApplied })).toEqual({
      kind: 'already-applied',
      ...stored,
    });
  });

  test('is already applied when it was a creation', async () => {
    const outcome = await replace(store, '1', { title: 'old', text: undefined }, absent, { alreadyApplied });
    expect(outcome).toMatchObject({ kind: 'already-applied', version });
  });

  test('is a conflict when the stored value is another', async () => {
    expect(await replace(store, '1', { title: 'new' }, oneOf('0'), { alreadyApplied })).toMatchObject({
      kind: 'stale',
    });
    expect(await replace(store, '1', { title: 'new' }, absent, { alreadyApplied })).toMatchObject({ kind: 'exists' });
  });

  test('is asked for of a refusal alone: what goes through is updated', async () => {
    expect(await replace(store, '1', { title: 'new' }, any, { alreadyApplied })).toMatchObject({ kind: 'updated' });
  });

  test('is missing when nothing is stored', async () => {
    await store.delete('1', any);
    expect(await replace(store, '1', { title: 'old' }, oneOf(version), { alreadyApplied })).toMatchObject({
      kind: 'missing',
    });
  });

  test('is a conflict when it was deleted between the refusal and the look', async () => {
    const deleting: typeof store = { ...store, get: async () => null };
    const outcome = await replace(deleting, '1', { title: 'old' }, oneOf('0'), { alreadyApplied });
    expect(outcome).toMatchObject({ kind: 'stale' });
  });
});

test('passes the signal on', async () => {
  const signal = AbortSignal.abort(new Error('went away'));
  await expect(replace(store, '1', { title: 'new' }, any, { signal })).rejects.toThrow('went away');
});
