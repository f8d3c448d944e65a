import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { bytes, response } from './laws/law.ts';
import type { ResponseStore } from './port.ts';
import { type SqliteDatabase, sqliteStore } from './sqlite.ts';
import { testResponseStore } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'client-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a connection of node:sqlite is accepted as it is', () => {
  expectTypeOf<DatabaseSync>().toExtend<SqliteDatabase>();
});

describe('the contract, in memory', () =>
  testResponseStore(test, async () => {
    const db = new DatabaseSync(':memory:');
    return { store: sqliteStore(db), close: () => db.close() };
  }));

describe('the contract, two connections to one file', () =>
  testResponseStore(test, async () => {
    const dbs = [open('shared.db'), open('shared.db')] as const;
    return { store: alternating(dbs.map((db) => sqliteStore(db))), close: () => dbs.forEach((db) => void db.close()) };
  }));

function open(name: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, name), { timeout: 500 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  return db;
}

/** One store whose calls go to several by turns. */
function alternating(stores: ResponseStore[]): ResponseStore {
  let calls = 0;
  const next = () => stores[calls++ % stores.length] as ResponseStore;
  return {
    list: (...args) => next().list(...args),
    payload: (...args) => next().payload(...args),
    put: (...args) => next().put(...args),
    freshen: (...args) => next().freshen(...args),
    delete: (...args) => next().delete(...args),
  };
}

test('responses outlive the process', async () => {
  const stored = response();
  const first = open('outlives.db');
  await sqliteStore(first).put('a', stored, bytes('content'), []);
  first.close();
  const second = open('outlives.db');
  expect(await sqliteStore(second).list('a')).toEqual([stored]);
  second.close();
});

test('what was not used for the ttl is gone, and its space is given back', async () => {
  vi.useFakeTimers({ now: 1_000_000 });
  const db = new DatabaseSync(':memory:');
  const store = sqliteStore(db, { ttl: 1000 });
  const used = response();
  await store.put('used', used, bytes('used'), []);
  await store.put('unused', response(), bytes('unused'), []);
  vi.setSystemTime(1_000_900);
  await store.freshen('used', used);
  vi.setSystemTime(1_001_500);
  expect(await store.list('used')).toHaveLength(1);
  expect(await store.list('unused')).toEqual([]);
  for (let i = 0; i < 1000; i++) await store.put('others', response(), bytes(''), []);
  expect(db.prepare("SELECT count(*) AS rows FROM responses WHERE key = 'unused'").get()).toEqual({ rows: 0 });
  vi.useRealTimers();
});

test('what was not used for the longest time goes first, where there is too much', async () => {
  vi.useFakeTimers({ now: 1_000_000 });
  const db = new DatabaseSync(':memory:');
  const maxBytes = 100_000;
  const store = sqliteStore(db, { maxBytes });
  const kept = response();
  for (let nth = 0; nth < 500; nth++) {
    vi.setSystemTime(1_000_000 + nth);
    await store.put(nth === 0 ? 'kept' : `${nth}`, nth === 0 ? kept : response(), new Uint8Array(1000), []);
    await store.freshen('kept', kept);
  }
  const { bytes: held } = db.prepare('SELECT sum(length(payload)) AS bytes FROM responses').get() as { bytes: number };
  expect(held).toBeGreaterThan(maxBytes / 2);
  expect(held).toBeLessThan(maxBytes * 1.1);
  expect(await store.list('kept')).toHaveLength(1);
  expect(await store.list('1')).toEqual([]);
  expect(() => sqliteStore(db, { maxBytes: Number.NaN })).toThrow(TypeError);
  vi.useRealTimers();
});

test('a row that is not JSON is ignored', async () => {
  const db = new DatabaseSync(':memory:');
  const store = sqliteStore(db);
  await store.put('a', response(), bytes('content'), []);
  db.exec(`UPDATE responses SET response = '{"trunc'`);
  expect(await store.list('a')).toEqual([null]);
});

test('two stores on one connection keep to their own tables', async () => {
  const db = new DatabaseSync(':memory:');
  await sqliteStore(db, { table: 'a' }).put('k', response(), bytes(''), []);
  expect(await sqliteStore(db, { table: 'b' }).list('k')).toEqual([]);
});

test.each([0, -1, Number.NaN])('a ttl of %d is refused: nothing would ever be found', (ttl) => {
  expect(() => sqliteStore(new DatabaseSync(':memory:'), { ttl })).toThrow(TypeError);
});

test.each(['', '1a', 'a b', 'a"b', 'a;b'])('%j is not a name for the table', (table) => {
  expect(() => sqliteStore(new DatabaseSync(':memory:'), { table })).toThrow(TypeError);
});
