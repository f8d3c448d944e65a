import { DatabaseSync } from 'node:sqlite';
import { absent, any, exists, oneOf, tagCodec, versionTag } from '@etag/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { respondToBatch, writeAll } from './batch.ts';
import { sqliteStore } from './sqlite/index.ts';

const openStore = () => sqliteStore<string>(new DatabaseSync(':memory:'), { table: 'notes' });
let store: ReturnType<typeof openStore>;
let versions: Record<'a' | 'b' | 'c', string>;

beforeEach(async () => {
  store = openStore();
  const put = async (key: string) => ((await store.put(key, `${key} before`, any)) as { version: string }).version;
  versions = { a: await put('a'), b: await put('b'), c: await put('c') };
});

const all = async () => Promise.all(['a', 'b', 'c', 'd'].map(async (key) => (await store.get(key))?.value));

/** Writes to each of four keys, of which some are refused. */
const batch = (versionOfB: string) =>
  writeAll(store, [
    { key: 'd', value: 'd', expectation: absent },
    { key: 'b', value: 'b', expectation: oneOf(versionOfB) },
    { key: 'a', value: 'a', expectation: oneOf(versions.a) },
    { key: 'c', delete: true, expectation: oneOf(versions.c) },
  ]);

describe('a batch whose expectations hold', () => {
  test('is written, all of it', async () => {
    const { isWritten, outcomes } = await batch(versions.b);
    expect([isWritten, ...outcomes.map(({ kind }) => kind)]).toEqual([
      true,
      'created',
      'updated',
      'updated',
      'deleted',
    ]);
    expect(await all()).toEqual(['a', 'b', undefined, 'd']);
  });

  test('is answered with the new tag of each item', async () => {
    const { status, headers, body } = respondToBatch(await batch(versions.b));
    expect([status, headers]).toEqual([200, { 'content-type': 'application/json' }]);
    const tag = async (key: string) => versionTag((await store.get(key))?.version ?? '');
    expect(body?.items).toEqual([
      { status: 201, etag: await tag('d'), value: 'd' },
      { status: 200, etag: await tag('b'), value: 'b' },
      { status: 200, etag: await tag('a'), value: 'a' },
      { status: 204, etag: null },
    ]);
  });

  test('in the format of a standard', async () => {
    const codec = tagCodec({ format: (version) => `W/"${version}"`, parse: () => null });
    const { body } = respondToBatch(await batch(versions.b), { codec });
    expect(body?.items[2]).toMatchObject({ etag: `W/"${(await store.get('a'))?.version}"` });
  });
});

describe('a batch of which one item is refused', () => {
  test('is not written, nothing of it', async () => {
    const { isWritten, outcomes } = await batch('old');
    expect([isWritten, ...outcomes.map(({ kind }) => kind)]).toEqual([false, 'created', 'stale', 'updated', 'deleted']);
    expect(await all()).toEqual(['a before', 'b before', 'c before', undefined]);
    expect((await store.get('a'))?.version).toBe(versions.a);
  });

  test('is a 412 that says so of each item, with no tag of what was not written', async () => {
    const { status, headers, body } = respondToBatch(await batch('old'));
    expect([status, headers['content-type']]).toEqual([412, 'application/problem+json']);
    const detail = expect.stringContaining('Read them again, and send their new tags.');
    expect(body).toMatchObject({ status: 412, title: 'Precondition Failed', detail });
    expect(body?.items).toEqual([
      { status: 424, title: 'Failed Dependency' },
      expect.objectContaining({ status: 412, reason: 'no-match', current: versionTag(versions.b) }),
      { status: 424, title: 'Failed Dependency' },
      { status: 424, title: 'Failed Dependency' },
    ]);
  });
});

test('a batch of nothing is written', async () => {
  expect(await writeAll(store, [])).toEqual({ isWritten: true, outcomes: [] });
});

test('the writes are done in the order of their keys, so that two batches seldom deadlock', async () => {
  const order: string[] = [];
  const watched: typeof store = {
    ...store,
    transact: (work) =>
      store.transact((inside, transaction) => {
        const put: typeof inside.put = (key, ...rest) => {
          order.push(String(key));
          return inside.put(key, ...rest);
        };
        return work({ ...inside, put }, transaction);
      }),
  };
  const keys = ['c', 'a', 'e', 'b', 'd'];
  const { outcomes } = await writeAll(
    watched,
    keys.map((key) => ({ key, value: `new ${key}`, expectation: any })),
  );
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
  // What became of each is in the order that was asked for.
  expect(outcomes).toMatchObject(keys.map((key) => ({ value: `new ${key}` })));
});

test('every refusal is reported', async () => {
  const batch = await writeAll(store, [
    { key: 'a', value: 'x', expectation: absent },
    { key: 'd', value: 'x', expectation: exists },
    { key: 'e', delete: true, expectation: any },
  ]);
  expect(batch.outcomes.map(({ kind }) => kind)).toEqual(['exists', 'missing', 'missing']);
  expect(respondToBatch(batch).body?.items).toMatchObject([
    { status: 412, reason: 'exists', current: versionTag(versions.a) },
    { status: 412, reason: 'absent', current: null },
    { status: 412, reason: 'absent', current: null },
  ]);
});

test('two writes of one key, or a slip for an expectation, are a TypeError, and nothing is written', async () => {
  const write = { key: 'a', value: 'x', expectation: any };
  await expect(writeAll(store, [write, write])).rejects.toThrow(
    new TypeError('Two writes of the batch have one key: "a"'),
  );
  const bigint = { key: 7n as never, value: 'x', expectation: any };
  await expect(writeAll(store, [write, bigint])).rejects.toThrow('Not a key: 7 (bigint). Give text');
  const slip = { key: 'b', value: 'x', expectation: '"v7"' as never };
  const transact = vi.spyOn(store, 'transact');
  await expect(writeAll(store, [write, slip])).rejects.toThrow(TypeError);
  expect(transact).not.toHaveBeenCalled();
  expect(await all()).toEqual(['a before', 'b before', 'c before', undefined]);
});

test('an error of the store comes through, and nothing is written', async () => {
  const writes = [
    { key: 'a', value: 'x', expectation: any },
    { key: 'b', value: 1n as never, expectation: any },
  ];
  await expect(writeAll(store, writes)).rejects.toThrow(TypeError);
  expect(await all()).toEqual(['a before', 'b before', 'c before', undefined]);
});
