import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { absent, any, exists, OutcomeUnknownError, oneOf } from '@etag/core';
import type BetterSqlite3 from 'better-sqlite3';
import LibsqlDatabase from 'libsql';
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { replace } from '../replace.ts';
import type { TableOptions } from '../sql/options.ts';
import type { TransactionalStore, VersionedStore } from '../store.ts';
import { testVersionedStore } from '../testing.ts';
import { type SqliteDatabase, sqliteStore, sqliteTable } from './index.ts';

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

/** A store that transacts for every call. */
function transacting<T>(store: TransactionalStore<string, T, SqliteDatabase>): VersionedStore<string, T> {
  return {
    get: (key, options) => store.transact((inside) => inside.get(key, options), options),
    state: (key, options) => store.transact((inside) => inside.state(key, options), options),
    put: (key, ...rest) => store.transact((inside) => inside.put(key, ...rest), rest[2]),
    delete: (key, ...rest) => store.transact((inside) => inside.delete(key, ...rest), rest[1]),
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

  describe('the contract, each call in a transaction of its own', () =>
    testVersionedStore(test, async () => {
      const db = open(':memory:');
      return { store: transacting(sqliteStore(db, { table })), close: () => void db.close() };
    }));

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
      other.exec("INSERT INTO notes VALUES ('waits', 'v', 0, '\"theirs\"')");
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
      other.prepare('SELECT * FROM notes').all();
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
    expect(outcome).toMatchObject({ kind: 'created', modified: expect.any(Number) });
    db.close();
  });
});

describe('the table', () => {
  test('is left as it is when it is there, and another store goes on with it', async () => {
    const db = new DatabaseSync(':memory:');
    await sqliteStore(db, { table }).put('a', 1, any);
    const { version = '' } = (await sqliteStore(db, { table }).get('a')) ?? {};
    expect(await sqliteStore(db, { table }).put('a', 2, oneOf(version))).toMatchObject({ kind: 'updated' });
  });

  test('may be named by a keyword', async () => {
    const store = sqliteStore(new DatabaseSync(':memory:'), { table: 'order' });
    expect(await store.put('a', 1, any)).toMatchObject({ kind: 'created' });
  });

  test.each(['', 'a.', 'a\0b'])('%j is not a name for it', (table) => {
    const db = new DatabaseSync(':memory:');
    const create = () => sqliteStore(db, { table });
    expect(create).toThrow(TypeError);
    expect(create).toThrow('is not a name');
  });

  test.each(['1a', 'a b', 'a"b', "a'b", 'a;b', 'a-b', 'é', 'notes"; DROP TABLE notes; --', '--', '日本', 'rowid'])(
    'may be called %j, and so may its columns',
    async (table) => {
      const db = new DatabaseSync(':memory:');
      const own = sqliteStore<number>(db, { table, key: `${table} key`, version: `${table} version` });
      expect(await own.put('a', 1, any)).toMatchObject({ kind: 'created', value: 1 });
      expect(await own.get('a')).toMatchObject({ value: 1 });
      expect(db.prepare('SELECT name FROM sqlite_master').all()).toContainEqual({ name: table });
    },
  );

  test('may be of an attached database, and a name with a dot is one of a list', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec("ATTACH ':memory:' AS other");
    const store = sqliteStore<number>(db, { table: 'other.notes' });
    expect(await store.put('a', 1, any)).toMatchObject({ kind: 'created' });
    expect(db.prepare('SELECT key FROM other.notes').all()).toEqual([{ key: 'a' }]);
    const dotted = sqliteStore<number>(db, { table: ['other', 'a.b'] });
    expect(await dotted.put('a', 2, any)).toMatchObject({ kind: 'created' });
    expect(db.prepare('SELECT value FROM other."a.b"').all()).toEqual([{ value: '2' }]);
  });

  test('may be without a time', async () => {
    const store = sqliteStore<number>(new DatabaseSync(':memory:'), { table, modified: null });
    await store.put('a', 1, any);
    expect(await store.get('a')).toEqual({ version: expect.any(String), value: 1 });
    expect(await store.put('a', 2, { unmodifiedSince: 0 })).toMatchObject({ kind: 'updated' });
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

describe('a table that is there already', () => {
  interface Note {
    title: string;
    stars: number | null;
  }
  const options = { table: 'notes', key: 'id', columns: ['title', 'stars'] } as const;

  /** The table of an application, with a note from before the store; other statements use it as well. */
  function existing(id = 'TEXT PRIMARY KEY') {
    const db = new DatabaseSync(':memory:');
    db.exec(`CREATE TABLE notes (id ${id}, title TEXT NOT NULL, stars INTEGER)`);
    db.exec("INSERT INTO notes VALUES ('1', 'old', NULL)");
    db.exec(sqliteTable<Note>(options));
    return { db, store: sqliteStore<Note>(db, options) };
  }

  test('gets what the store needs from sqliteTable()', async () => {
    const { db, store } = existing();
    const old = await store.get('1');
    expect(old).toMatchObject({ value: { title: 'old', stars: null }, modified: expect.any(Number) });
    const outcome = await store.put('1', { title: 'new', stars: 5 }, oneOf(old?.version ?? ''));
    expect(outcome).toMatchObject({ kind: 'updated', value: { title: 'new', stars: 5 } });
    expect(await store.get('1')).toMatchObject({ value: { title: 'new', stars: 5 } });
    expect(await store.put('2', { title: 'second', stars: null }, absent)).toMatchObject({ kind: 'created' });
    expect(db.prepare('SELECT title, stars FROM notes ORDER BY id').all()).toEqual([
      { title: 'new', stars: 5 },
      { title: 'second', stars: null },
    ]);
  });

  test('gives what is stored: the column may have made something else of it', async () => {
    const { store } = existing();
    const outcome = await store.put('1', { title: 'new', stars: '8' as unknown as number }, any);
    expect(outcome).toMatchObject({ value: { stars: 8 } });
    expect(await store.get('1')).toMatchObject({ value: { stars: 8 } });
  });

  test('whatever other statements write has a new version and time, by its triggers', async () => {
    const { db, store } = existing();
    const versions = new Set<string>();
    const see = async () => {
      const { version = '', modified = 0 } = (await store.get('1')) ?? {};
      versions.add(version);
      return modified;
    };
    await store.put('1', { title: 'by the store', stars: 0 }, any);
    await see();
    db.exec("UPDATE notes SET modified = 0, version = 'theirs'");
    expect(await see()).toBe(0);
    db.exec('UPDATE notes SET stars = stars + 1');
    expect(Math.abs((await see()) - Date.now())).toBeLessThan(60_000);
    db.exec("DELETE FROM notes; INSERT INTO notes (id, title) VALUES ('1', 'by others')");
    await see();
    db.exec("DELETE FROM notes; INSERT INTO notes (id, title) VALUES ('1', 'by others')");
    await see();
    expect(versions.size).toBe(5);
  });

  test('a write that a constraint refuses is the error of the driver, and nothing is written', async () => {
    const { db, store } = existing();
    db.exec('CREATE UNIQUE INDEX titles ON notes (title)');
    await expect(store.put('2', { title: 'old', stars: 1 }, absent)).rejects.toThrow('UNIQUE constraint failed');
    await expect(store.put('1', { title: null as unknown as string, stars: 1 }, any)).rejects.toThrow('NOT NULL');
    expect(db.isTransaction).toBe(false);
    expect(await store.get('1')).toMatchObject({ value: { title: 'old' } });
  });

  test('no row is inserted under a number that a deleted one had, whose old tag would fit it', async () => {
    const open = (key: string, more: object = {}) => {
      const db = new DatabaseSync(':memory:');
      db.exec(`CREATE TABLE orders (id ${key}, title TEXT, count INTEGER NOT NULL DEFAULT 1, deleted INTEGER)`);
      const version = { column: 'count', type: 'integer', keys: 'never-reused' } as const;
      const options = { table: 'orders', key: 'id', version, modified: null, columns: ['title'], ...more } as const;
      return sqliteStore<{ title: string }>(db, options);
    };
    await expect(open('INTEGER PRIMARY KEY').insert({ title: 'a' })).rejects.toThrow('AUTOINCREMENT');
    expect(await open('INTEGER PRIMARY KEY').put('1', { title: 'a' }, absent)).toMatchObject({ kind: 'created' });
    for (const orders of [
      open('INTEGER PRIMARY KEY AUTOINCREMENT'),
      open('INTEGER PRIMARY KEY', { deleted: 'deleted' }),
    ]) {
      const first = await orders.insert({ title: 'first' });
      await orders.delete(first.key, oneOf(first.version));
      const second = await orders.insert({ title: 'second' });
      expect(second.key).not.toBe(first.key);
    }
  });

  test.each(['INTEGER PRIMARY KEY', 'TEXT COLLATE NOCASE PRIMARY KEY'])(
    'keys are exact in a column of %s',
    async (id) => {
      const { store } = existing(id);
      const [key, others] = id.startsWith('INTEGER') ? ['1', ['01', '1.0', ' 1']] : ['a', ['A']];
      await store.put(key, { title: 'mine', stars: 1 }, any);
      for (const other of others) {
        expect(await store.get(other)).toBeNull();
        expect(await store.put(other, { title: 'lost', stars: 1 }, exists)).toMatchObject({ kind: 'missing' });
        await expect(store.put(other, { title: 'lost', stars: 1 }, any)).rejects.toThrow(/another key|UNIQUE/);
        expect(await store.delete(other, any)).toMatchObject({ kind: 'missing' });
      }
      expect(await store.get(key)).toMatchObject({ value: { title: 'mine' } });
    },
  );

  test.each(['TEXT', 'VARCHAR(9)', '', 'UUID'])('a version may be in a column of %j', async (type) => {
    const db = new DatabaseSync(':memory:');
    db.exec(
      `CREATE TABLE notes (key TEXT UNIQUE, version ${type}, title TEXT); INSERT INTO notes VALUES ('a', 'v', '')`,
    );
    const store = sqliteStore<{ title: string }>(db, { table, modified: null, columns: ['title'] });
    expect(await store.get('a')).toEqual({ version: 'v', value: { title: '' } });
    expect(await store.put('a', { title: 'new' }, oneOf('v'))).toMatchObject({
      version: expect.stringMatching(/-.*-/),
    });
  });

  test('a row without a version says so', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec("CREATE TABLE notes (key TEXT UNIQUE, version TEXT, title TEXT); INSERT INTO notes (key) VALUES ('a')");
    const store = sqliteStore<{ title: string }>(db, { table, modified: null, columns: ['title'] });
    await expect(store.put('a', { title: '' }, any)).rejects.toThrow('has no version');
  });

  test('a row with a time in another form than the column should have says so', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE notes (key TEXT UNIQUE, version TEXT, modified INTEGER, title TEXT)');
    db.exec("INSERT INTO notes VALUES ('a', 'v', '2026-01-01', '')");
    const store = sqliteStore<{ title: string }>(db, { table, columns: ['title'] });
    await expect(store.state('a')).rejects.toThrow('2026-01-01');
    await expect(store.put('a', { title: 'new' }, any)).rejects.toThrow('modified: null');
  });

  test.each<[TableOptions<Record<string, string>>, string]>([
    [{ table, columns: ['title', 'Title'] }, '"Title" names two columns'],
    [{ table, modified: 'version' }, '"version" names two columns'],
    [{ table, modified: 'value' }, '"value" names two columns'],
    [{ table, columns: ['a\0b'] }, 'is not a name'],
    [{ table, key: '' }, '"" is not a name'],
    [{ table, key: [] }, 'need a name'],
    [{ table, version: { column: 'v', type: 'number' as 'integer' } }, "'integer'"],
    [{ table, version: { column: 'v', type: 'integer', keys: 'unique' as 'never-reused' } }, "'never-reused'"],
    [{ table, modified: { column: 'at', type: 'days' as 'iso' } }, 'milliseconds'],
  ])('%j is refused', (options, message) => {
    expect(() => sqliteStore(new DatabaseSync(':memory:'), options)).toThrow(message);
    expect(() => sqliteTable(options)).toThrow(TypeError);
  });

  test.each([
    ['has no index', '', ''],
    ['is unique among some', '', "CREATE UNIQUE INDEX some ON notes (key) WHERE key < 'b'"],
    ['is unique as an expression', '', 'CREATE UNIQUE INDEX lower ON notes (lower(key))'],
    ['is unique together with another', 'UNIQUE (key, title)', ''],
  ])('a key that %s is refused, with the SQL that mends it', async (_, constraint, index) => {
    const db = new DatabaseSync(':memory:');
    const more = constraint && `, ${constraint}`;
    db.exec(`CREATE TABLE notes (key TEXT, version TEXT, title TEXT${more}); ${index}`);
    const open = () => sqliteStore<{ title: string }>(db, { table, modified: null, columns: ['title'] });
    let message = '';
    try {
      open();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('Two rows could have one key');
    db.exec(message.slice(message.indexOf('CREATE UNIQUE INDEX')));
    expect(await open().put('a', { title: '' }, any)).toMatchObject({ kind: 'created' });
  });

  test('a write that would change several rows, since the key is not unique any more, changes none', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE notes (key TEXT, version TEXT, title TEXT); CREATE UNIQUE INDEX keys ON notes (key)');
    const store = sqliteStore<{ title: string }>(db, { table, modified: null, columns: ['title'] });
    await store.put('a', { title: 'first' }, any);
    db.exec("DROP INDEX keys; INSERT INTO notes VALUES ('a', 'v', 'second')");
    for (const expectation of [any, exists]) {
      await expect(store.put('a', { title: 'lost' }, expectation)).rejects.toThrow('not unique');
      await expect(store.delete('a', expectation)).rejects.toThrow('not unique');
    }
    expect(db.isTransaction).toBe(false);
    expect(db.prepare('SELECT title FROM notes').all()).toEqual([{ title: 'first' }, { title: 'second' }]);
  });

  test.each(['NUMERIC', 'REAL', 'DECIMAL(10, 2)', 'BLOB'])(
    'a key of %s, which keeps another form of it, is refused',
    (type) => {
      const db = new DatabaseSync(':memory:');
      db.exec(`CREATE TABLE parts (number ${type} PRIMARY KEY, version TEXT, name TEXT)`);
      const open = () =>
        sqliteStore<{ name: string }>(db, { table: 'parts', key: 'number', modified: null, columns: ['name'] });
      expect(open).toThrow('in another form');
    },
  );

  test('a key of ANY, which keeps numbers in a form of its own unless the table is STRICT, is what it is given', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE parts (number ANY PRIMARY KEY, version TEXT, name TEXT)');
    const parts = sqliteStore(db, { table: 'parts', key: 'number', modified: null, columns: ['name'] });
    for (const key of ['1', 'abc']) {
      await parts.put(key, { name: key }, absent);
      expect(await parts.get(key)).toMatchObject({ value: { name: key } });
    }
    for (const key of ['1e2', '01', '1.0', '9223372036854775808']) {
      await expect(parts.put(key, { name: key }, absent)).rejects.toThrow('another key');
      expect(await parts.get(key)).toBeNull();
    }
  });

  test('a trigger that drops a write keeps it from the row, and is no contention', async () => {
    const { db, store } = existing();
    db.exec(`CREATE TRIGGER no_insert BEFORE INSERT ON notes BEGIN SELECT RAISE(IGNORE); END;
      CREATE TRIGGER no_update BEFORE UPDATE OF title ON notes BEGIN SELECT RAISE(IGNORE); END;
      CREATE TRIGGER no_delete BEFORE DELETE ON notes BEGIN SELECT RAISE(IGNORE); END`);
    const blocked = { code: 'ETAG_WRITE_BLOCKED' };
    await expect(store.put('2', { title: 'new', stars: 1 }, absent)).rejects.toMatchObject(blocked);
    await expect(store.put('1', { title: 'new', stars: 1 }, any)).rejects.toMatchObject(blocked);
    await expect(store.delete('1', any)).rejects.toMatchObject(blocked);
    expect(db.isTransaction).toBe(false);
    expect(await store.get('1')).toMatchObject({ value: { title: 'old' } });
  });

  test('a trigger that sets the version to what it was is an error, and nothing is written', async () => {
    const { db, store } = existing();
    db.exec("CREATE TRIGGER sets AFTER UPDATE ON notes BEGIN UPDATE notes SET version = 'same'; END");
    await store.put('1', { title: 'once', stars: 1 }, any);
    await expect(store.put('1', { title: 'twice', stars: 1 }, oneOf('same'))).rejects.toThrow('such as a trigger');
    expect(await store.get('1')).toMatchObject({ value: { title: 'once' } });
  });

  test('a column that is declared BOOLEAN gives booleans, so that a write is known again', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE tasks (id TEXT PRIMARY KEY, version TEXT, title TEXT, done BOOLEAN, due TEXT)');
    interface Task {
      title: string;
      done: boolean;
      due?: string;
    }
    const tasks = sqliteStore<Task>(db, {
      table: 'tasks',
      key: 'id',
      modified: null,
      columns: ['title', 'done', 'due'],
    });
    const wanted = { title: 'tea', done: true };
    const first = await replace(tasks, '1', wanted, absent, { alreadyApplied: true });
    expect(first).toMatchObject({ kind: 'created', value: { ...wanted, due: null } });
    expect(await replace(tasks, '1', wanted, absent, { alreadyApplied: true })).toMatchObject({
      kind: 'already-applied',
    });
    const other = { ...wanted, done: false };
    expect(await replace(tasks, '1', other, absent, { alreadyApplied: true })).toMatchObject({ kind: 'exists' });
    // Where nothing says what it is, a boolean would come back as a number.
    await expect(tasks.put('1', { ...wanted, due: false as unknown as string }, any)).rejects.toThrow(
      "type: 'boolean'",
    );
  });

  test('one that lacks a column is refused at once', () => {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE notes (key TEXT UNIQUE, title TEXT)');
    expect(() => sqliteStore<{ title: string }>(db, { table, columns: ['title'] })).toThrow('version');
  });
});

describe('a table that is found elsewhere than in main', () => {
  const columns = '(id TEXT PRIMARY KEY NOT NULL, title TEXT UNIQUE ON CONFLICT REPLACE, version TEXT)';
  const options = { table, key: 'id', modified: null, columns: ['title'] } as const;
  const shouts = 'BEGIN UPDATE notes SET title = upper(title) WHERE id = NEW.id; END';

  test.each<[string, sql: string]>([
    [
      'of an attached database',
      `CREATE TABLE aux.notes ${columns}; CREATE TRIGGER aux.t AFTER INSERT ON notes ${shouts}`,
    ],
    ['a temporary one', `CREATE TEMP TABLE notes ${columns}; CREATE TEMP TRIGGER t AFTER INSERT ON notes ${shouts}`],
    [
      'a temporary one before that of main',
      `CREATE TABLE main.notes (other); CREATE TEMP TABLE notes ${columns}; CREATE TEMP TRIGGER t AFTER INSERT ON notes ${shouts}`,
    ],
    [
      'of main, with a temporary trigger',
      `CREATE TABLE notes ${columns}; CREATE TEMP TRIGGER t AFTER INSERT ON main.notes ${shouts}`,
    ],
  ])('%s, has its triggers and constraints looked at', async (_, sql) => {
    const db = new DatabaseSync(':memory:');
    db.exec(`ATTACH ':memory:' AS aux; ${sql}`);
    const store = sqliteStore<{ title: string }>(db, options);
    expect(await store.put('1', { title: 'tea' }, any)).toMatchObject({ value: { title: 'TEA' } });
    await expect(store.put('2', { title: 'TEA' }, any)).rejects.toThrow('UNIQUE');
    expect(await store.get('1')).toMatchObject({ value: { title: 'TEA' } });
  });

  test('a connection that does not say which databases it has is taken to have one', async () => {
    const db = new DatabaseSync(':memory:');
    const prepare = db.prepare.bind(db);
    db.prepare = (sql) => {
      if (/database_list|temp/.test(sql)) throw new Error('not authorized');
      return prepare(sql);
    };
    const store = sqliteStore<string>(db, { table });
    expect(await store.put('1', 'tea', any)).toMatchObject({ kind: 'created' });
  });

  test.each(['aux.', 'temp.'])('a view of %s is refused as a view', (schema) => {
    const db = new DatabaseSync(':memory:');
    db.exec(`ATTACH ':memory:' AS aux; CREATE VIEW ${schema}notes AS SELECT 1 AS id, 'a' AS title, 2 AS version`);
    expect(() => sqliteStore(db, options)).toThrow('It is a view');
  });
});

describe('a constraint that says what is done where it fails', () => {
  test.each(['REPLACE', 'IGNORE'])('ON CONFLICT %s: a write is an error, and no other row is gone', async (clause) => {
    const db = new DatabaseSync(':memory:');
    db.exec(`CREATE TABLE users (key TEXT PRIMARY KEY, email TEXT UNIQUE ON CONFLICT ${clause}, version TEXT)`);
    const users = sqliteStore<{ email: string }>(db, { table: 'users', modified: null, columns: ['email'] });
    await users.put('ann', { email: 'ann@example.org' }, absent);
    await users.put('bob', { email: 'bob@example.org' }, absent);
    for (const key of ['bob', 'carl']) {
      const taken = users.put(key, { email: 'ann@example.org' }, any);
      await expect(taken).rejects.toThrow('UNIQUE constraint failed: users.email');
    }
    expect(await users.get('ann')).toMatchObject({ value: { email: 'ann@example.org' } });
    expect(await users.get('bob')).toMatchObject({ value: { email: 'bob@example.org' } });
  });

  test('a key of rows that are kept, ON CONFLICT REPLACE, goes on with its row', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec(`CREATE TABLE users (key TEXT PRIMARY KEY ON CONFLICT REPLACE, email TEXT UNIQUE ON CONFLICT REPLACE,
      version INTEGER NOT NULL, deleted INTEGER)`);
    const users = sqliteStore<{ email: string }>(db, {
      table: 'users',
      version: { column: 'version', type: 'integer' },
      modified: null,
      deleted: 'deleted',
      columns: ['email'],
    });
    await users.put('ann', { email: 'ann@example.org' }, absent);
    await users.delete('ann', any);
    await users.put('bob', { email: 'bob@example.org' }, absent);
    await expect(users.put('ann', { email: 'bob@example.org' }, absent)).rejects.toThrow('UNIQUE');
    expect(await users.put('ann', { email: 'ann@example.org' }, absent)).toMatchObject({ version: '3' });
    expect(await users.get('bob')).toMatchObject({ version: '1' });
  });

  // What a statement says of conflicts comes before what those of triggers say.
  test('a trigger keeps what it says itself', async () => {
    const db = new DatabaseSync(':memory:');
    db.exec(`CREATE TABLE users (key TEXT PRIMARY KEY, email TEXT, version TEXT);
      CREATE TABLE seen (email TEXT UNIQUE);
      CREATE TRIGGER see AFTER INSERT ON users BEGIN INSERT OR IGNORE INTO seen VALUES (NEW.email); END`);
    const users = sqliteStore<{ email: string }>(db, { table: 'users', modified: null, columns: ['email'] });
    for (const key of ['ann', 'bob']) {
      expect(await users.put(key, { email: 'both@example.org' }, absent)).toMatchObject({ kind: 'created' });
    }
  });
});

test('a version that is computed of other columns is refused: it comes again with them', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, title TEXT, version TEXT AS (title))');
  const options = { table, key: 'id', modified: null, columns: ['title'] } as const;
  expect(() => sqliteStore(db, options)).toThrow('version is computed of other columns');
});

test('a call waits for the lock of a connection that shares the cache', async () => {
  const uri = 'file:shared?mode=memory&cache=shared';
  const [mine, other] = [new DatabaseSync(uri), new DatabaseSync(uri)];
  const store = sqliteStore<string>(mine, { table });
  other.exec(`BEGIN IMMEDIATE; INSERT INTO notes VALUES ('a', 'v', 0, '"theirs"')`);
  const calls = [store.get('a'), store.put('a', 'mine', absent)];
  setTimeout(() => other.exec('COMMIT'), 30);
  expect(await Promise.all(calls)).toMatchObject([{ value: 'theirs' }, { kind: 'exists' }]);
});

test('no version comes again after a restore', async () => {
  const [path, backup] = [file(), file()];
  const db = new DatabaseSync(path);
  const store = sqliteStore<string>(db, { table });
  await store.put('a', 'kept', any);
  db.exec(`VACUUM INTO '${backup}'`);
  const { version = '' } = (await store.put('a', 'lost', any).then(() => store.get('a'))) ?? {};
  const restored = sqliteStore<string>(new DatabaseSync(backup), { table });
  await restored.put('a', 'other', any);
  expect(await restored.put('a', 'of one who saw what is lost', oneOf(version))).toMatchObject({ kind: 'stale' });
});

describe('transact', () => {
  function opened() {
    const db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE log (line TEXT)');
    const lines = () => db.prepare('SELECT line FROM log').all();
    return {
      db,
      store: sqliteStore<number>(db, { table }),
      other: sqliteStore<number>(db, { table: 'others' }),
      lines,
    };
  }
  test('commits what was written through the store and through the connection', async () => {
    const { store, lines } = opened();
    const outcome = await store.transact(async (inside, db) => {
      db.prepare('INSERT INTO log VALUES (?)').all('put');
      await inside.put('b', 2, absent);
      return inside.put('a', 1, absent);
    });
    expect(outcome).toMatchObject({ kind: 'created' });
    expect(lines()).toEqual([{ line: 'put' }]);
    expect(await store.get('b')).toMatchObject({ value: 2 });
  });

  test('rolls all of it back when the work throws', async () => {
    const { db, store, lines } = opened();
    const work = store.transact(async (inside) => {
      await inside.put('a', 1, any);
      db.exec("INSERT INTO log VALUES ('put')");
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(db.isTransaction).toBe(false);
    expect(await store.get('a')).toBeNull();
    expect(lines()).toEqual([]);
  });

  test('a refusal does not throw, and reads see what the transaction wrote', async () => {
    const { store } = opened();
    await store.transact(async (inside) => {
      await inside.put('a', 1, any);
      expect(await inside.get('a')).toMatchObject({ value: 1 });
      expect(await inside.put('a', 2, oneOf('another'))).toMatchObject({ kind: 'stale' });
    });
    expect(await store.get('a')).toMatchObject({ value: 1 });
  });

  test('other calls on the connection, of this store or another, come before or after it, not into it', async () => {
    const { db, store, other } = opened();
    await store.put('a', 0, any);
    let end = () => {};
    let work: Promise<void> | undefined;
    await new Promise<void>((start) => {
      work = store.transact(async (inside) => {
        await inside.put('a', 1, any);
        start();
        await new Promise<void>((resolve) => (end = resolve));
        throw new Error('rolled back');
      });
    });
    const calls = [
      store.get('a'),
      store.state('a'),
      store.put('b', 1, any),
      other.put('c', 1, any),
      other.delete('d', any),
      store.transact((inside) => inside.put('e', 1, any)),
      sqliteStore(db, { table: 'made_meanwhile' }).put('f', 1, any),
    ];
    const first = await Promise.race([...calls, new Promise((resolve) => setTimeout(resolve, 30, 'none'))]);
    expect(first).toBe('none');
    end();
    await expect(work).rejects.toThrow('rolled back');
    const [get, , ...writes] = await Promise.all(calls);
    expect(get).toMatchObject({ value: 0 });
    expect(writes.map((outcome) => outcome && 'kind' in outcome && outcome.kind)).toEqual([
      'created',
      'created',
      'missing',
      'created',
      'created',
    ]);
    expect(await other.get('c')).toMatchObject({ value: 1 });
  });

  test('a call of the outer store within the work, which waits for its own end, is contended', async () => {
    vi.useFakeTimers();
    const { store } = opened();
    const work = store.transact(() => store.put('a', 1, any));
    await vi.advanceTimersByTimeAsync(6000);
    expect(await work).toEqual({ kind: 'contended' });
    vi.useRealTimers();
  });

  test('its store is of no use afterwards', async () => {
    const { store } = opened();
    const leaked = await store.transact(async (inside) => inside);
    await expect(leaked.put('a', 1, any)).rejects.toThrow('The transaction is over');
    expect(await store.get('a')).toBeNull();
  });

  test('an aborted signal rolls it back', async () => {
    const { db, store } = opened();
    const controller = new AbortController();
    const reason = new Error('went away');
    const work = store.transact(
      async (inside) => {
        await inside.put('a', 1, any);
        controller.abort(reason);
        // What aborts the whole aborts each call.
        await expect(inside.put('b', 1, any)).rejects.toBe(reason);
      },
      { signal: controller.signal },
    );
    await expect(work).rejects.toBe(reason);
    expect(db.isTransaction).toBe(false);
    expect(await store.get('a')).toBeNull();
  });

  test('an aborted signal ends it while the work waits for something else', async () => {
    const { db, store } = opened();
    let late = Promise.resolve<unknown>(null);
    const work = store.transact(
      async (inside) => {
        await inside.put('a', 1, any);
        late = new Promise((resolve) => setTimeout(resolve, 50)).then(() => inside.put('b', 1, any));
        await new Promise(() => {});
      },
      { signal: AbortSignal.timeout(20) },
    );
    await expect(work).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(db.isTransaction).toBe(false);
    // The lock is free at once.
    expect(await store.put('c', 1, any)).toMatchObject({ kind: 'created' });
    await expect(late).rejects.toThrow();
    expect(await store.get('a')).toBeNull();
    expect(await store.get('b')).toBeNull();
  });

  test('in a transaction of the caller it throws, and that one stays open', async () => {
    const { db, store } = opened();
    db.exec('BEGIN');
    await expect(store.transact((inside) => inside.put('a', 1, any))).rejects.toThrow('transaction of yours');
    expect(db.isTransaction).toBe(true);
  });

  test('its commit waits for a reader', async () => {
    const path = file();
    const [db, reader] = [new DatabaseSync(path), new DatabaseSync(path)];
    const store = sqliteStore<number>(db, { table });
    let times = 0;
    const work = store.transact(async (inside) => {
      times++;
      reader.exec('BEGIN');
      reader.prepare('SELECT * FROM notes').get();
      return inside.put('a', 1, any);
    });
    setTimeout(() => reader.exec('ROLLBACK'), 30);
    expect(await work).toMatchObject({ kind: 'created' });
    expect(times).toBe(1);
    expect(reader.prepare('SELECT count(*) AS n FROM notes').get()).toEqual({ n: 1 });
  });

  test('what SQLite ended by itself has no step after it, which would be committed by itself', async () => {
    const { db, store } = opened();
    db.exec("CREATE TRIGGER no BEFORE INSERT ON log BEGIN SELECT RAISE(ROLLBACK, 'no'); END");
    const work = store.transact(async (inside) => {
      await inside.put('a', 1, any);
      expect(() => db.exec('INSERT INTO log VALUES (1)')).toThrow('no');
      await inside.put('b', 1, any);
    });
    await expect(work).rejects.toThrow('SQLite has ended the transaction');
    expect([await store.get('a'), await store.get('b')]).toEqual([null, null]);
  });

  test('what SQLite ended by itself has an unknown outcome where the work goes on to its end', async () => {
    const { db, store } = opened();
    db.exec("CREATE TRIGGER no BEFORE INSERT ON notes WHEN NEW.key = 'b' BEGIN SELECT RAISE(ROLLBACK, 'no'); END");
    const work = store.transact(async (inside) => {
      await inside.put('a', 1, any);
      await expect(inside.put('b', 1, any)).rejects.toThrow('no');
    });
    await expect(work).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(await store.get('a')).toBeNull();
  });

  test('a write that throws has written nothing, and the work may go on', async () => {
    const { db, store } = opened();
    db.exec(`CREATE TRIGGER fails AFTER INSERT ON notes WHEN NEW.key = 'failed' BEGIN SELECT RAISE(FAIL, 'no'); END;
      CREATE TRIGGER keeps AFTER UPDATE ON notes BEGIN UPDATE notes SET version = OLD.version WHERE key = OLD.key; END`);
    const watched = sqliteStore<number>(db, { table });
    await watched.put('kept', 1, any);
    await watched.transact(async (inside) => {
      await expect(inside.put('failed', 1, any)).rejects.toThrow('no');
      await expect(inside.put('kept', 2, any)).rejects.toThrow('such as a trigger');
      await inside.put('after', 1, any);
    });
    expect(await store.get('failed')).toBeNull();
    expect(await store.get('kept')).toMatchObject({ value: 1 });
    expect(await store.get('after')).toMatchObject({ value: 1 });
  });
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

test.each([
  ['a view', 'create  view notes AS SELECT 1 AS key, 2 AS version'],
  ['a virtual table', 'CREATE VIRTUAL TABLE notes USING fts5(key, version, value)'],
])('%s is refused, with no SQL that it would not take', (what, sql) => {
  const db = new DatabaseSync(':memory:');
  db.exec(sql);
  const options = { table, columns: ['version'], modified: null } as const;
  expect(() => sqliteStore(db, options)).toThrow(`It is ${what}`);
  db.close();
});

test.each([undefined, null, {}, 'notes.db', Promise.resolve(), { prepare() {} }, { query() {}, exec() {} }])(
  '%o is not a connection',
  (db) => {
    expect(() => sqliteStore(db as unknown as SqliteDatabase, { table })).toThrow(TypeError);
    expect(() => sqliteStore(db as unknown as SqliteDatabase, { table })).toThrow('node:sqlite');
  },
);

test('the connections of node:sqlite, better-sqlite3 and libsql are accepted as they are', () => {
  expectTypeOf<DatabaseSync>().toExtend<SqliteDatabase>();
  expectTypeOf<BetterSqlite3.Database>().toExtend<SqliteDatabase>();
  expectTypeOf<InstanceType<typeof LibsqlDatabase>>().toExtend<SqliteDatabase>();
});
