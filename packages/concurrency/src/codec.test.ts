import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { any, expectation, oneOf, tagCodec, withCodec } from './index.ts';
import { memoryStore } from './memory/index.ts';
import { sqliteStore, sqliteTable } from './sqlite/index.ts';

const codec = tagCodec({
  format: (version) => `W/"${version}"`,
  parse: (tag) => /"(.+)"$/.exec(tag)?.[1] ?? null,
});

it('states have the tag of the codec, and the store stays the same', async () => {
  const plain = memoryStore<{ text: string }>();
  const notes = withCodec(plain, codec);
  expect(await notes.state('1')).toBeNull();
  const { version } = (await notes.put('1', { text: 'a' }, any)) as { version: string };
  const { lastModified } = (await plain.state('1')) ?? {};
  expect(await notes.state('1')).toEqual({ etag: `W/"${version}"`, lastModified });
  expect(await notes.get('1')).toEqual(await plain.get('1'));

  const sent = { method: 'PUT', headers: { 'if-match': `W/"${version}"` } };
  expect(await notes.put('1', { text: 'b' }, expectation(sent, { codec }))).toMatchObject({ kind: 'updated' });
  expect(await notes.put('1', { text: 'c' }, expectation(sent, { codec }))).toMatchObject({ kind: 'stale' });
  expect(await notes.delete('1', oneOf(version))).toMatchObject({ kind: 'stale' });
});

it('inside of a transaction too', async () => {
  const db = new DatabaseSync(':memory:');
  db.exec(sqliteTable({ table: 'notes' }));
  const notes = withCodec(sqliteStore<{ text: string }>(db, { table: 'notes' }), codec);
  const inside = await notes.transact(async (store) => {
    await store.put('1', { text: 'a' }, any);
    return store.state('1');
  });
  expect(inside?.etag).toBe(`W/"${(await notes.get('1'))?.version}"`);
  expect(await notes.state('1')).toEqual(inside);
});
