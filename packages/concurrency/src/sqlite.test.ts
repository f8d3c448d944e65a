import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type BetterSqlite3 from 'better-sqlite3';
import LibsqlDatabase from 'libsql';
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { OutcomeUnknownError } from './errors.js';
import { absent, any, oneOf } from './expectation.js';
import type { VersionedStore } from './port.js';
import { type SqliteDatabase, sqliteStore } from './sqlite.js';
import { testVersionedStore } from './testing.js';

const folder = mkdtempSync(join(tmpdir(), 'concurrency-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = () => join(folder, `${files++}.db`);

const table = 'notes';

/** One store whose calls go to two connections by turns. */
function alternating<T>(stores: [VersionedStore<string, T>, VersionedStore<string, T>]): VersionedStore<string, T> {
  let calls = 0;
  const next = () => stores[calls++ % 2] as VersionedStore<string, T>;
  return {
    get: (...args) => next().get(...args),
    state: (...args) => next().state(...args),
    put: (...args) => next().put(...args),
    delete: (...args) => next().delete(...args),
  };
}

const drivers: [name: string, open: (path: string) => SqliteDatabase & { close(): unknown }][] = [
  ['node:sqlite', (path) => new DatabaseSync(path)],
  ['libsql, which is shaped like better-sqlite3', (path) => new LibsqlDatabase(path)],
];

describe.each(drivers)('%s', (_, open) => {
  describe('the contract, in memory', () =>
    testVersionedStore(test, async () => {
      const db = open(':memory:');
      return { store: sqliteStore(db, { table }), close: () => void db.close() };
    }));

  describe('the contract, two connections to one file', () => {
    const path = file();
    testVersionedStore(test, async () => {
      const dbs = [open(path), open(path)] as const;
      for (const db of dbs) db.exec('PRAGMA synchronous = OFF');
      dbs[0].exec('PRAGMA journal_mode = WAL');
      const store = alternating([sqliteStore(dbs[0], { table }), sqliteStore(dbs[1], { table })]);
      return { store, close: () => dbs.forEach((db) => void db.close()) };
    });
  });

  describe('another connection holds the lock', () => {
    let mine: ReturnType<typeof open>;
    let other: ReturnType<typeof open>;
    let store: VersionedStore<string, string>;
    beforeAll(() => {
      const path = file();
      mine = open(path);
      other = open(path);
      store = sqliteStore(mine, { table });
    });
    afterEach(() => {
      vi.useRealTimers();
      if (other.isTransaction || other.inTransaction) other.exec('ROLLBACK');
    });
    afterAll(() => {
      mine.close();
      other.close();
    });

    test('a write waits for it and is then evaluated anew', async () => {
      other.exec('BEGIN IMMEDIATE');
      other.exec("INSERT INTO notes (key, counter, value, modified) VALUES ('waits', 1, '\"theirs\"', 0)");
      const put = store.put('waits', 'mine', absent);
      setTimeout(() => other.exec('COMMIT'), 30);
      expect(await put).toMatchObject({ kind: 'exists' });
      expect(await store.get('waits')).toMatchObject({ value: 'theirs' });
    });

    test('a write is contended when it lasts, and nothing is written', async () => {
      vi.useFakeTimers();
      other.exec('BEGIN IMMEDIATE');
      const put = store.put('lasts', 'mine', any);
      await vi.advanceTimersByTimeAsync(6000);
      expect(await put).toEqual({ kind: 'contended' });
      other.exec('ROLLBACK');
      expect(await store.get('lasts')).toBeNull();
    });

    test('an aborted signal ends the wait, and nothing is written', async () => {
      other.exec('BEGIN IMMEDIATE');
      const controller = new AbortController();
      const put = store.put('aborted', 'mine', any, { signal: controller.signal });
      controller.abort(new Error('went away'));
      await expect(put).rejects.toThrow('went away');
      other.exec('ROLLBACK');
      expect(await store.get('aborted')).toBeNull();
    });

    test('a commit that finds a reader is rolled back and tried again', async () => {
      await store.put('read', 'old', any);
      // Without a write-ahead log a reader keeps a writer from committing.
      other.exec('BEGIN');
      other.prepare('SELECT * FROM notes').get();
      const put = store.put('read', 'new', any);
      setTimeout(() => other.exec('ROLLBACK'), 30);
      expect(await put).toMatchObject({ kind: 'updated' });
      expect(await store.get('read')).toMatchObject({ value: 'new' });
    });

    test('a store opens its table once it is over', async () => {
      other.exec('BEGIN EXCLUSIVE');
      const later = sqliteStore(mine, { table: 'later' });
      setTimeout(() => other.exec('ROLLBACK'), 30);
      expect(await later.put('a', 1, any)).toMatchObject({ kind: 'created' });
    });

    test('a read waits for it', async () => {
      await store.put('a', 'a', any);
      other.exec('BEGIN EXCLUSIVE');
      const get = store.get('a');
      const state = store.state('a');
      setTimeout(() => other.exec('ROLLBACK'), 30);
      expect(await get).toMatchObject({ value: 'a' });
      expect(await state).not.toBeNull();
    });

    test('a read fails with the busy error when it lasts', async () => {
      vi.useFakeTimers();
      other.exec('BEGIN EXCLUSIVE');
      const get = expect(store.get('a')).rejects.toThrow('locked');
      await vi.advanceTimersByTimeAsync(6000);
      await get;
    });
  });

  test('numbers may come as bigints', async () => {
    const db = open(':memory:');
    const bigints: SqliteDatabase = {
      exec: (sql) => db.exec(sql),
      prepare: (sql) => {
        const statement = db.prepare(sql) as ReturnType<SqliteDatabase['prepare']> & {
          setReadBigInts?: (on: boolean) => void;
          safeIntegers?: (on: boolean) => void;
        };
        statement.setReadBigInts?.(true);
        statement.safeIntegers?.(true);
        return statement;
      },
    };
    const outcome = await sqliteStore(bigints, { table }).put('a', 1, any);
    expect(outcome).toMatchObject({ kind: 'created', version: '1.1', modified: expect.any(Number) });
    db.close();
  });
});

describe('the table', () => {
  test('is left as it is when it is there, and another store goes on with it', async () => {
    const db = new DatabaseSync(':memory:');
    const written = await sqliteStore(db, { table }).put('a', 1, any);
    expect(written).toMatchObject({ kind: 'created', version: '1.1' });
    expect(await sqliteStore(db, { table }).put('a', 2, oneOf('1.1'))).toMatchObject({ version: '1.2' });
  });

  test('may be named by a keyword', async () => {
    const store = sqliteStore(new DatabaseSync(':memory:'), { table: 'order' });
    expect(await store.put('a', 1, any)).toMatchObject({ kind: 'created' });
  });

  test.each(['', '1a', 'a b', 'a"b', 'a;b', 'a.b', 'é', 'notes"; --'])('%j is no name for it', (table) => {
    const db = new DatabaseSync(':memory:');
    const create = () => sqliteStore(db, { table });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(JSON.stringify(table));
  });

  test('two stores on one connection keep to their own', async () => {
    const db = new DatabaseSync(':memory:');
    await sqliteStore(db, { table: 'a' }).put('k', 1, any);
    expect(await sqliteStore(db, { table: 'b' }).get('k')).toBeNull();
  });
});

test('the modification time of a key does not follow a clock that is set back', async () => {
  vi.useFakeTimers({ now: 2_000_000_000_000 });
  const store = sqliteStore(new DatabaseSync(':memory:'), { table });
  await store.put('a', 1, any);
  vi.setSystemTime(1_000_000_000_000);
  expect(await store.put('a', 2, any)).toMatchObject({ modified: 2_000_000_000_000 });
  vi.useRealTimers();
});

test.each(['\ud800', 'a\udc00b'])(
  'a key with a lone surrogate is refused: it would collide with others',
  async (key) => {
    const store = sqliteStore(new DatabaseSync(':memory:'), { table });
    await expect(store.put(key, 1, any)).rejects.toThrow(TypeError);
    await expect(store.get(key)).rejects.toThrow(TypeError);
    await expect(store.state(key)).rejects.toThrow(TypeError);
    await expect(store.delete(key, any)).rejects.toThrow(TypeError);
  },
);

test.each([undefined, () => {}, Symbol('s')])('%s is no JSON value', async (value) => {
  const store = sqliteStore<unknown>(new DatabaseSync(':memory:'), { table });
  await expect(store.put('a', value, any)).rejects.toThrow(TypeError);
  expect(await store.get('a')).toBeNull();
});

test('a write inside a transaction of the caller throws, and the transaction stays open', async () => {
  const db = new DatabaseSync(':memory:');
  const store = sqliteStore(db, { table });
  db.exec('BEGIN');
  await expect(store.put('a', 1, any)).rejects.toThrow('transaction of yours');
  expect(db.isTransaction).toBe(true);
});

test('so it does where the driver does not say whether a transaction is open', async () => {
  const db = new DatabaseSync(':memory:');
  const silent: SqliteDatabase = { exec: (sql) => db.exec(sql), prepare: (sql) => db.prepare(sql) };
  const store = sqliteStore(silent, { table });
  db.exec('BEGIN');
  await expect(store.put('a', 1, any)).rejects.toThrow('transaction');
  expect(db.isTransaction).toBe(true);
});

describe('a driver that fails', () => {
  /** A connection on which a statement fails once, before or after it took effect. */
  function failing(sql: string, { after }: { after: boolean }) {
    const db = new DatabaseSync(':memory:');
    let failed = false;
    const proxy: SqliteDatabase = {
      exec(statement) {
        const fails = statement === sql && !failed;
        if (fails) failed = true;
        if (!fails || after) db.exec(statement);
        if (fails) throw new Error('disk I/O error');
      },
      prepare: (statement) => db.prepare(statement),
    };
    return { db, store: sqliteStore<number>(proxy, { table }) };
  }

  test('at COMMIT, and rolls back: its error comes through, and nothing was written', async () => {
    const { db, store } = failing('COMMIT', { after: false });
    await expect(store.put('a', 1, any)).rejects.toThrow('disk I/O error');
    expect(db.isTransaction).toBe(false);
    expect(await store.get('a')).toBeNull();
  });

  test('at COMMIT, and has ended the transaction: the outcome is unknown', async () => {
    const { store } = failing('COMMIT', { after: true });
    const error = await store.put('a', 1, any).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: 'disk I/O error' } });
  });

  test('before COMMIT: its error comes through, and the transaction is over', async () => {
    const db = new DatabaseSync(':memory:');
    const store = sqliteStore<number>(db, { table });
    db.exec("CREATE TRIGGER no BEFORE INSERT ON notes BEGIN SELECT RAISE(ABORT, 'no'); END");
    await expect(store.put('a', 1, any)).rejects.toThrow('no');
    expect(db.isTransaction).toBe(false);
  });
});

test('the connections of node:sqlite, better-sqlite3 and libsql are accepted as they are', () => {
  expectTypeOf<DatabaseSync>().toExtend<SqliteDatabase>();
  expectTypeOf<BetterSqlite3.Database>().toExtend<SqliteDatabase>();
  expectTypeOf<InstanceType<typeof LibsqlDatabase>>().toExtend<SqliteDatabase>();
});
