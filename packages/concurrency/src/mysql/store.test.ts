import { absent, any, exists, oneOf } from '@etag/core';
import callbacks from 'mysql2';
import mysql, {
  type Connection,
  type Pool,
  type PoolConnection,
  type PoolOptions,
  type RowDataPacket,
} from 'mysql2/promise';
import { killable, startMariadb, startProxy } from 'servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import { incrementInProcesses, TOTAL } from '../../test/increments.ts';
import { watchPool } from '../../test/watch-pool.ts';
import type { TableOptions } from '../sql/options.ts';
import type { TransactionalStore, VersionedStore } from '../store.ts';
import { testVersionedStore } from '../testing.ts';
import { update } from '../update.ts';
import { type MysqlConnection, type MysqlPool, mysqlStore, mysqlTable } from './index.ts';

const server = await killable('mysqlStore', () =>
  startMariadb({ max_connections: 300, innodb_flush_log_at_trx_commit: 2 }),
);
const table = 'notes';
const options = { table };
const pools: Pool[] = [];
const open = (more: PoolOptions = {}) => {
  const pool = mysql.createPool({ uri: server?.url ?? 'mysql://127.0.0.1:1/', connectionLimit: 16, ...more });
  pools.push(pool);
  return pool;
};
const admin = open({ multipleStatements: true });
beforeAll(async () => {
  if (server) await admin.query(`${mysqlTable(options)} CREATE TABLE other AS SELECT 1`);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await server?.stop();
});

/** A store that transacts for every call. */
function transacting<T>(store: TransactionalStore<string, T, unknown>): VersionedStore<string, T> {
  return {
    get: (key, call) => store.transact((inside) => inside.get(key, call), call),
    state: (key, call) => store.transact((inside) => inside.state(key, call), call),
    put: (key, ...rest) => store.transact((inside) => inside.put(key, ...rest), rest[2]),
    delete: (key, ...rest) => store.transact((inside) => inside.delete(key, ...rest), rest[1]),
  };
}

/** A pool whose connections begin with a statement. */
function beginning(sql: string, more?: PoolOptions): Pool {
  const pool = open(more);
  // The driver sends the statements of a connection one after the other.
  pool.pool.on('connection', (connection) => connection.query(sql));
  return pool;
}

describe.skipIf(!server)('the contract', () => {
  describe('on 16 connections', () => {
    const pool = open();
    testVersionedStore(test, async () => ({ store: mysqlStore(pool, options) }));
  });

  describe('whatever the options of the pool', () => {
    const pool = beginning("SET time_zone = '-05:00'", {
      supportBigNumbers: true,
      bigNumberStrings: true,
      rowsAsArray: true,
      nestTables: true,
      namedPlaceholders: true,
      dateStrings: true,
      typeCast: false,
      timezone: '+09:00',
      flags: ['-FOUND_ROWS'],
    });
    testVersionedStore(test, async () => ({ store: mysqlStore(pool, options) }));
  });

  describe.each([
    ['REPEATABLE READ', 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ'],
    ['REPEATABLE READ as of MariaDB 11.6', 'SET SESSION innodb_snapshot_isolation = ON'],
  ])('each call in a transaction of %s', (_, sql) => {
    const pool = beginning(sql);
    testVersionedStore(test, async () => ({ store: transacting(mysqlStore(pool, options)) }));
  });
});

describe.skipIf(!server)('a table that is there already', () => {
  interface Note {
    title: string;
    stars: number | null;
  }
  const existing = { table: 'existing', key: 'id', columns: ['title', 'stars'] } as const;
  const pool = open();
  let store: VersionedStore<string, Note>;

  /** The table of an application, with a note from before the store; other statements use it as well. */
  const create = async (id: string) => {
    store = mysqlStore<Note>(pool, existing);
    await admin.query(`DROP TABLE IF EXISTS existing;
      CREATE TABLE existing (id ${id} PRIMARY KEY, title VARCHAR(20) NOT NULL UNIQUE, stars INT);
      INSERT INTO existing VALUES ('1', 'old', NULL);
      ${mysqlTable<Note>(existing)}`);
  };
  beforeEach(() => create('VARCHAR(50)'));

  test('gets what the store needs from mysqlTable()', async () => {
    const old = await store.get('1');
    expect(old).toMatchObject({ value: { title: 'old', stars: null }, modified: expect.any(Number) });
    expect(Math.abs(Number(old?.modified) - Date.now())).toBeLessThan(60_000);
    const outcome = await store.put('1', { title: 'new', stars: 5 }, oneOf(old?.version ?? ''));
    expect(outcome).toMatchObject({ kind: 'updated', value: { title: 'new', stars: 5 } });
    expect(await store.get('1')).toMatchObject({ value: { title: 'new', stars: 5 } });
    expect(await store.put('2', { title: 'second', stars: null }, absent)).toMatchObject({ kind: 'created' });
    expect(await store.put('2', { title: 'lost', stars: null }, absent)).toMatchObject({ kind: 'exists' });
    expect((await admin.query('SELECT title, stars FROM existing ORDER BY id'))[0]).toEqual([
      { title: 'new', stars: 5 },
      { title: 'second', stars: null },
    ]);
  });

  test('whatever other statements write has a new version and time, by its default and its trigger', async () => {
    const versions = new Set<string>();
    const see = async () => {
      const { version = '', modified = 0 } = (await store.get('1')) ?? {};
      versions.add(version);
      return modified;
    };
    await store.put('1', { title: 'by the store', stars: 0 }, any);
    await see();
    await admin.query("UPDATE existing SET modified = '2001-01-01', version = 'theirs'");
    expect(await see()).toBe(Date.UTC(2001, 0, 1));
    await admin.query('UPDATE existing SET stars = stars + 1');
    expect(Math.abs((await see()) - Date.now())).toBeLessThan(60_000);
    await admin.query("DELETE FROM existing; INSERT INTO existing (id, title) VALUES ('1', 'by others')");
    await see();
    await admin.query("DELETE FROM existing; INSERT INTO existing (id, title) VALUES ('1', 'by others')");
    await see();
    expect(versions.size).toBe(5);
  });

  test('a write that another unique column refuses is the error of the driver, and nothing is written', async () => {
    await expect(store.put('2', { title: 'old', stars: 1 }, absent)).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' });
    await store.put('2', { title: 'other', stars: 1 }, absent);
    await expect(store.put('2', { title: 'old', stars: 2 }, any)).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' });
    expect(await store.get('2')).toMatchObject({ value: { title: 'other', stars: 1 } });
  });

  test('a value that does not fit is the error of the driver, and nothing is written', async () => {
    const title = 'x'.repeat(21);
    await expect(store.put('1', { title, stars: 1 }, any)).rejects.toMatchObject({ code: 'ER_DATA_TOO_LONG' });
    expect(await store.get('1')).toMatchObject({ value: { title: 'old' } });
  });

  test.each([
    ['INT', '7', ['07', '7.0', ' 7', '7 ', '7a', 'abc', 'é', '99999999999999999999']],
    ['VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci', 'aé', ['Aé', 'ae', 'aé ', 'AE']],
    ['VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', 'aé', ['aé ', 'aé  ']],
    ['VARCHAR(50) CHARACTER SET latin1', 'aé', ['AÉ', 'aé ', '日']],
    ['VARCHAR(50) CHARACTER SET ascii', 'a', ['A', 'a ', 'é']],
  ])('keys are exact in a column of %s', async (id, key, others) => {
    await create(id);
    const { version = '' } = { ...(await store.put(key, { title: 'mine', stars: 1 }, absent)) } as { version?: string };
    for (const other of others) {
      expect(await store.get(other)).toBeNull();
      expect(await store.state(other)).toBeNull();
      for (const expectation of [exists, oneOf(version)]) {
        expect(await store.put(other, { title: 'lost', stars: 1 }, expectation)).toMatchObject({ kind: 'missing' });
        expect(await store.delete(other, expectation)).toMatchObject({ kind: 'missing' });
      }
    }
    expect(await store.get(key)).toMatchObject({ version, value: { title: 'mine' } });
  });

  test('with its database before a dot, and without a time', async () => {
    await admin.query(
      'CREATE DATABASE elsewhere; CREATE TABLE elsewhere.notes (`key` VARCHAR(9) PRIMARY KEY, title TEXT)',
    );
    const options = { table: 'elsewhere.notes', modified: null, columns: ['title'] } as const;
    await admin.query(mysqlTable<{ title: string }>(options));
    const notes = mysqlStore<{ title: string }>(open(), options);
    expect(await notes.put('a', { title: 'new' }, any)).toEqual({
      kind: 'created',
      version: expect.any(String),
      value: { title: 'new' },
    });
    expect(await notes.put('a', { title: 'newer' }, { unmodifiedSince: 0 })).toMatchObject({ kind: 'updated' });
    expect(await notes.get('a')).toEqual({ version: expect.any(String), value: { title: 'newer' } });
  });

  test.each<[TableOptions<Record<string, string>>, string]>([
    [{ table: 'a.b.' }, '"" is not a name'],
    [{ table, columns: ['title', 'Title'] }, '"Title" names two columns'],
    [{ table, key: 'a\0b' }, 'is not a name'],
  ])('%j is refused', (options, message) => {
    expect(() => mysqlStore(admin, options)).toThrow(message);
    expect(() => mysqlTable(options)).toThrow(TypeError);
  });
});

describe.skipIf(!server)('the first write is refused where the store could not keep its promise', () => {
  const refused = async (store: VersionedStore<string, unknown>, message: string) => {
    await expect(store.put('a', 1, any)).rejects.toThrow(message);
    await expect(store.delete('a', any)).rejects.toThrow(message);
  };

  test.each([
    ['autocommit', 'SET autocommit = 0', 'autocommit'],
    ['a strict sql_mode', "SET sql_mode = ''", 'STRICT_TRANS_TABLES'],
    ['utf8mb4', 'SET NAMES latin1', 'utf8mb4'],
  ])('by a session without %s', async (_, sql, message) => {
    await refused(mysqlStore(beginning(sql), options), message);
  });

  test.each([
    ['whose version is a number', '`key` VARCHAR(9) PRIMARY KEY, version INT NOT NULL', 'A version could repeat'],
    ['whose version is short', '`key` VARCHAR(9) PRIMARY KEY, version CHAR(8) NOT NULL', 'A version could repeat'],
    ['whose version may be null', '`key` VARCHAR(9) PRIMARY KEY, version CHAR(36)', 'A version could repeat'],
    [
      'whose version has a default that is always the same',
      "`key` VARCHAR(9) PRIMARY KEY, version CHAR(36) NOT NULL DEFAULT ''",
      'A version could repeat',
    ],
    ['whose key is not unique', '`key` VARCHAR(9), version CHAR(36) NOT NULL', 'Two rows could have one key'],
    [
      'whose key is unique with another column only',
      '`key` VARCHAR(9), n INT, version CHAR(36) NOT NULL, UNIQUE (`key`, n)',
      'Two rows could have one key',
    ],
    [
      'whose key is unique at its beginning only',
      '`key` VARCHAR(9), version CHAR(36) NOT NULL, UNIQUE (`key`(3))',
      'Two rows could have one key',
    ],
  ])('by a table %s, with the SQL that mends it', async (_, columns, message) => {
    await admin.query(`DROP TABLE IF EXISTS wrong; CREATE TABLE wrong (${columns}, value TEXT)`);
    const store = mysqlStore<unknown>(open(), { table: 'wrong', modified: null });
    await refused(store, message);
    const { message: advice } = (await store.put('a', 1, any).catch((error: Error) => error)) as Error;
    await admin.query(advice.slice(advice.search(/^(ALTER|UPDATE)/m)));
    const other = advice.includes('etag_version') ? { version: 'etag_version' } : {};
    if (other.version) await admin.query("ALTER TABLE wrong ALTER version SET DEFAULT '0'");
    const mended = mysqlStore<unknown>(open(), { table: 'wrong', modified: null, ...other });
    expect(await mended.put('a', 1, any)).toMatchObject({ kind: 'created' });
  });

  const timed = (type: string) =>
    admin.query(`DROP TABLE IF EXISTS wrong;
      CREATE TABLE wrong (\`key\` VARCHAR(9) PRIMARY KEY, version CHAR(36) NOT NULL, modified ${type}, value TEXT)`);

  test.each(['BIGINT', 'DATE', 'VARCHAR(30)'])('by a time of %s', async (type) => {
    await timed(type);
    await refused(mysqlStore<unknown>(open(), { table: 'wrong' }), 'not a time that the store can read');
  });

  test('by a time of TIMESTAMP, in a session whose time zone may have an hour twice', async () => {
    await timed('TIMESTAMP(3) NULL');
    const pool = beginning("SET time_zone = 'SYSTEM', @@session.time_zone = 'Europe/Berlin'");
    const zoned = pool.query("SELECT CONVERT_TZ('2026-01-01', 'UTC', 'Europe/Berlin') AS known");
    // A server without its tables of time zones has only those of a fixed offset.
    if (((await zoned.catch(() => null)) as unknown[] | null) === null) return;
    await refused(mysqlStore<unknown>(pool, { table: 'wrong' }), "SET time_zone = '+00:00'");
  });

  test.each(['TIMESTAMP(3) NULL', 'TIMESTAMP NULL', 'DATETIME', 'DATETIME(6)'])(
    'and a time of %s is that of the write, in any time zone of a fixed offset',
    async (type) => {
      await timed(type);
      const store = mysqlStore<number>(beginning("SET time_zone = '+05:30'"), { table: 'wrong' });
      const before = Math.floor(Date.now() / 1000) * 1000;
      const created = await store.put('a', 1, any);
      expect(await store.get('a')).toMatchObject({ modified: (created as { modified: number }).modified });
      const updated = (await store.put('a', 2, any)) as { modified: number };
      expect(await store.get('a')).toMatchObject({ modified: updated.modified });
      expect(updated.modified).toBeGreaterThanOrEqual(before);
      expect(updated.modified).toBeLessThanOrEqual(Date.now());
    },
  );

  test('a table that is not there is refused to a read, with the SQL that makes it', async () => {
    const store = mysqlStore<unknown>(open(), { table: 'nowhere' });
    const { message } = (await store.get('a').catch((error: unknown) => error)) as Error;
    expect(message).toContain('no such table');
    await admin.query(message.slice(message.indexOf('CREATE TABLE')));
    expect(await store.get('a')).toBeNull();
  });
});

describe.skipIf(!server)('what the row decides', () => {
  const noted = async (sql: string) => {
    await admin.query(`DROP TABLE IF EXISTS audited, audit; ${mysqlTable({ table: 'audited' })}
      CREATE TABLE audit (n INT AUTO_INCREMENT PRIMARY KEY, note TEXT); ${sql}`);
    return mysqlStore<{ n: number }>(open(), { table: 'audited' });
  };

  test('is what a write returns, though the trigger of an audit log takes the insertId', async () => {
    const store =
      await noted(`CREATE TRIGGER audit_update AFTER UPDATE ON audited FOR EACH ROW INSERT INTO audit (note) VALUES ('u');
      CREATE TRIGGER audit_insert AFTER INSERT ON audited FOR EACH ROW INSERT INTO audit (note) VALUES ('i')`);
    for (let n = 0; n < 3; n++) {
      const { kind, ...written } = await store.put('1', { n }, any);
      expect(kind).toBe(n ? 'updated' : 'created');
      expect(await store.get('1')).toEqual(written);
      expect(Math.abs(Number((written as { modified: number }).modified) - Date.now())).toBeLessThan(60_000);
    }
    expect((await admin.query('SELECT note FROM audit'))[0]).toHaveLength(3);
  });

  const counted = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
  const wide = { table: 'wide', key: 'id', version: counted, modified: null, columns: ['n'] as const };
  const wideTable = `DROP TABLE IF EXISTS wide;
    CREATE TABLE wide (id VARCHAR(40) PRIMARY KEY, version BIGINT NOT NULL DEFAULT 1, n BIGINT);`;

  test('and cannot be told, where a trigger has come since the store looked: never a version that it is not', async () => {
    await admin.query(wideTable);
    const store = mysqlStore<{ n: number }>(open(), wide);
    await store.put('1', { n: 1 }, absent);
    expect(await store.put('1', { n: 2 }, oneOf('1'))).toMatchObject({ version: '2' });
    await admin.query('CREATE TRIGGER doubles BEFORE UPDATE ON wide FOR EACH ROW SET NEW.n = NEW.n * 2');
    const unknown = { code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: expect.stringContaining('make a new store') } };
    await expect(store.put('1', { n: 3 }, oneOf('2'))).rejects.toMatchObject(unknown);
    const anew = mysqlStore<{ n: number }>(open(), wide);
    expect(await anew.get('1')).toEqual({ version: '3', value: { n: 6 } });
    expect(await anew.put('1', { n: 4 }, oneOf('3'))).toMatchObject({ version: '4', value: { n: 8 } });
  });

  test('and where the trigger keeps back but the time, there is none: not that of 1970', async () => {
    const store = await noted('');
    await store.put('1', { n: 1 }, absent);
    await admin.query('CREATE TRIGGER late BEFORE UPDATE ON audited FOR EACH ROW SET NEW.value = NEW.value');
    const { kind, ...written } = await store.put('1', { n: 2 }, any);
    expect(written).not.toHaveProperty('modified');
    expect(await store.get('1')).toMatchObject(written);
  });

  test('and where it cannot be read, the write is rolled back, and its error says why', async () => {
    await admin.query(`${wideTable}
      CREATE TRIGGER widens BEFORE INSERT ON wide FOR EACH ROW SET NEW.n = 9007199254740993`);
    const store = mysqlStore<{ n: number }>(open(), wide);
    await expect(store.put('1', { n: 1 }, absent)).rejects.toThrow(RangeError);
    expect(await store.state('1')).toBeNull();
  });

  test('is what a write returns, though a trigger gives the row another time and another version', async () => {
    const store = await noted(`CREATE TRIGGER renews BEFORE UPDATE ON audited FOR EACH ROW
      SET NEW.version = UUID(), NEW.modified = '2030-01-02 03:04:05'`);
    await store.put('1', { n: 1 }, any);
    const { kind, ...written } = await store.put('1', { n: 2 }, any);
    expect(written).toMatchObject({ modified: Date.UTC(2030, 0, 2, 3, 4, 5) });
    expect(await store.get('1')).toEqual(written);
    expect(await store.put('1', { n: 3 }, oneOf((written as { version: string }).version))).toMatchObject({
      kind: 'updated',
    });
    await store.transact(async (inside) => {
      const { kind, ...written } = await inside.put('1', { n: 4 }, any);
      expect(await inside.get('1')).toEqual(written);
    });
  });

  test('is what a write returns, though its columns keep another form of it', async () => {
    await admin.query(
      `DROP TABLE IF EXISTS priced; CREATE TABLE priced (id INT PRIMARY KEY, price DECIMAL(6, 2), name CHAR(9))`,
    );
    const options = { table: 'priced', key: 'id', columns: ['price', 'name'] } as const;
    await admin.query(mysqlTable<{ price: string; name: string }>(options));
    const store = mysqlStore<{ price: string; name: string }>(open(), options);
    for (const price of ['1.005', '9.9']) {
      const { kind, ...written } = await store.put('1', { price, name: 'tea  ' }, any);
      expect(written).toMatchObject({ value: { price: price === '9.9' ? '9.90' : '1.01', name: 'tea' } });
      expect(await store.get('1')).toEqual(written);
    }
  });

  test('a trigger that makes another key of it: a TypeError, and nothing is stored', async () => {
    const store = await noted(
      `CREATE TRIGGER folds BEFORE INSERT ON audited FOR EACH ROW SET NEW.\`key\` = LOWER(CONVERT(NEW.\`key\` USING utf8mb4))`,
    );
    await expect(store.put('ABC', { n: 1 }, absent)).rejects.toThrow(TypeError);
    expect((await admin.query('SELECT * FROM audited'))[0]).toEqual([]);
    expect(await store.put('abc', { n: 1 }, absent)).toMatchObject({ kind: 'created' });
  });

  test.each(['CHAR(9)', 'VARCHAR(9)', 'INT', 'BIGINT UNSIGNED'])(
    'a key of %s is kept as it is given, or refused',
    async (type) => {
      await admin.query(
        `DROP TABLE IF EXISTS keyed; CREATE TABLE keyed (id ${type} PRIMARY KEY, title TEXT, version CHAR(36) NOT NULL)`,
      );
      const store = mysqlStore<{ title: string }>(open(), {
        table: 'keyed',
        key: 'id',
        modified: null,
        columns: ['title'],
      });
      for (const key of ['7', '7 ', '07', ' 7', 'a']) {
        const kind = await store.put(key, { title: key }, absent).then(
          ({ kind }) => kind,
          (error: Error) => error.name,
        );
        const found = await store.get(key);
        if (kind === 'created') expect(found).toMatchObject({ value: { title: key } });
        else expect([kind, found]).toEqual([expect.stringMatching('Error'), null]);
      }
      expect(await store.get('7')).toMatchObject({ value: { title: '7' } });
    },
  );

  // A look gives 0000000001 for a version that a write calls 1, and the first tag would be stale at once.
  test('a version of INT ZEROFILL is refused', async () => {
    const padded = { table: 'padded', key: 'id', columns: ['text'], modified: null } as const;
    await admin.query('CREATE TABLE padded (id INT PRIMARY KEY, version INT ZEROFILL NOT NULL DEFAULT 1, text TEXT)');
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const store = mysqlStore<{ text: string }>(open(), { ...padded, version });
    await expect(store.put('1', { text: 'a' }, any)).rejects.toThrow(
      'version int(10) unsigned zerofill is not a number',
    );
    await admin.query('DROP TABLE padded');
  });

  test('a key of BIGINT UNSIGNED may be greater than any signed one', async () => {
    const key = '18446744073709551615';
    await admin.query(`CREATE TABLE hashes (id BIGINT UNSIGNED PRIMARY KEY, version CHAR(36) NOT NULL, text TEXT);
      INSERT INTO hashes VALUES (${key}, UUID(), 'first')`);
    const hashes = { table: 'hashes', key: 'id', columns: ['text'], modified: null } as const;
    const store = mysqlStore<{ text: string }>(open(), hashes);
    const read = await store.get(key);
    expect(read).toMatchObject({ value: { text: 'first' } });
    expect(await store.put(key, { text: 'second' }, oneOf(read?.version ?? ''))).toMatchObject({ kind: 'updated' });
    expect(await store.get('18446744073709551614')).toBeNull();
    expect(await store.get('18446744073709551616')).toBeNull();
    expect(await store.get(`0${key}`)).toBeNull();
    await admin.query('DROP TABLE hashes');
  });

  test.each(['BINARY(9)', 'DATE', 'DOUBLE', 'DECIMAL(6, 2)', "ENUM('a')", 'INT ZEROFILL', 'DECIMAL(6, 0) ZEROFILL'])(
    'a key of %s is refused',
    async (type) => {
      await admin.query(
        `DROP TABLE IF EXISTS keyed; CREATE TABLE keyed (id ${type} PRIMARY KEY, title TEXT, version CHAR(36) NOT NULL)`,
      );
      const store = mysqlStore<{ title: string }>(open(), {
        table: 'keyed',
        key: 'id',
        modified: null,
        columns: ['title'],
      });
      await expect(store.get('a')).rejects.toThrow('in another form');
    },
  );
});

test.skipIf(!server)('a pool that has no connection to give has sent nothing: its own error says so', async () => {
  const small = open({ connectionLimit: 1, queueLimit: 1, waitForConnections: false });
  const one = mysqlStore<number>(small, options);
  await one.put(crypto.randomUUID(), 1, any);
  const taken = await small.getConnection();
  for (const write of [one.put('a', 1, any), one.delete('a', any), one.transact(async () => 1)]) {
    await expect(write).rejects.not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
  }
  taken.release();
});

test.skipIf(!server)('a call that is aborted while the pool has no connection to give is never sent', async () => {
  const small = open({ connectionLimit: 1 });
  const one = mysqlStore<number>(small, options);
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  const { version } = (await one.put(first, 1, any)) as { version: string };
  const taken = await small.getConnection();
  const controller = new AbortController();
  const { signal } = controller;
  const writes = [
    one.put(first, 2, any, { signal }),
    one.put(second, 2, absent, { signal }),
    one.delete(first, oneOf(version), { signal }),
    one.transact((inside) => inside.put(second, 2, any), { signal }),
  ];
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('too slow'));
  for (const write of writes) await expect(write).rejects.toThrow('too slow');
  taken.release();
  expect(await one.get(first)).toMatchObject({ version, value: 1 });
  expect(await one.get(second)).toBeNull();
});

test.each([undefined, {}, 'mysql://localhost', { query() {} }, Promise.resolve()])(
  '%o is not a connection',
  (other) => {
    expect(() => mysqlStore(other as unknown as MysqlPool, options)).toThrow(TypeError);
    expect(() => mysqlStore(other as unknown as MysqlPool, options)).toThrow('mysql2/promise');
  },
);

test.skipIf(!server)('a connection of mysql2 without promises is refused, by name', async () => {
  const connection = (await open().getConnection()).connection as unknown as MysqlConnection;
  expect(() => mysqlStore<number>(connection, options)).toThrow('promise()');
  // A pool that is never used has no connections.
  const pool = callbacks.createPool({ uri: server?.url ?? '' });
  expect(() => mysqlStore<number>(pool as unknown as MysqlPool, options)).toThrow('promise()');
  pool.end();
});

describe.skipIf(!server)('transact', () => {
  const store = mysqlStore<number, PoolConnection>(open(), options);
  const keys = () => [crypto.randomUUID(), crypto.randomUUID()] as const;
  const versionOf = async (key: string) => (await store.get(key))?.version ?? '';

  test('commits what was written through the store and through the connection', async () => {
    const [a, b] = keys();
    const outcome = await store.transact(async (inside, connection) => {
      await inside.put(a, 1, absent);
      await connection.execute('UPDATE notes SET value = ? WHERE `key` = ?', ['2', a]);
      return inside.put(b, 3, absent);
    });
    expect(outcome).toMatchObject({ kind: 'created' });
    expect(await store.get(a)).toMatchObject({ value: 2 });
    expect(await store.get(b)).toMatchObject({ value: 3 });
  });

  test('rolls all of it back when the work throws', async () => {
    const [a] = keys();
    const work = store.transact(async (inside) => {
      expect(await inside.put(a, 1, absent)).toMatchObject({ kind: 'created' });
      expect(await inside.get(a)).toMatchObject({ value: 1 });
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await store.get(a)).toBeNull();
  });

  test.each(['REPEATABLE READ', 'READ COMMITTED', 'SERIALIZABLE'])(
    'tells by the latest version, not by that of its snapshot, why it wrote nothing (%s)',
    async (level) => {
      const [a, b] = keys();
      const seen = beginning(`SET SESSION TRANSACTION ISOLATION LEVEL ${level}`);
      await store.put(a, 1, any);
      await store.put(b, 1, any);
      const [old, gone] = [await versionOf(a), await versionOf(b)];
      await mysqlStore<number, PoolConnection>(seen, options).transact(async (inside, connection) => {
        // The snapshot is from here; what is written next is younger.
        await connection.query('SELECT * FROM other');
        await store.put(a, 2, any);
        await store.delete(b, any);
        const current = await versionOf(a);
        expect(await inside.put(a, 3, oneOf(old))).toMatchObject({ kind: 'stale', current: { version: current } });
        expect(await inside.delete(b, oneOf(gone))).toMatchObject({ kind: 'missing' });
        expect(await inside.get(a)).toMatchObject({ value: 2 });
        const outcome = await update(inside, a, (count) => count + 1, any);
        expect(outcome).toMatchObject({ kind: 'updated', value: 3 });
      });
      expect(await store.get(a)).toMatchObject({ value: 3 });
    },
  );

  test('where the server refuses a snapshot that is too old, the work runs again', async () => {
    const [a] = keys();
    await store.put(a, 1, any);
    const strict = mysqlStore<number, PoolConnection>(beginning('SET SESSION innodb_snapshot_isolation = ON'), options);
    let times = 0;
    const outcome = await strict.transact(async (inside, connection) => {
      await connection.query('SELECT * FROM other');
      if (times++ === 0) await store.put(a, 2, any);
      return update(inside, a, (count) => count + 1, any);
    });
    expect(outcome).toMatchObject({ kind: 'updated', value: 3 });
    expect(times).toBe(2);
  });

  /** Two transactions that each hold what the other one wants, at the first try. */
  async function crossing(write: (inside: VersionedStore<string, number>, key: string) => Promise<unknown>) {
    const [a, b] = keys();
    await store.put(a, 0, any);
    await store.put(b, 0, any);
    let arrived = 0;
    let bothAreThere = () => {};
    const both = new Promise<void>((resolve) => (bothAreThere = resolve));
    let times = 0;
    const add = (first: string, second: string) =>
      store.transact(async (inside) => {
        times++;
        await update(inside, first, (count) => count + 1, any);
        if (++arrived === 2) bothAreThere();
        await both;
        return write(inside, second);
      });
    await Promise.all([add(a, b), add(b, a)]);
    expect(times).toBe(3);
    expect(await store.get(a)).toMatchObject({ value: 2 });
    expect(await store.get(b)).toMatchObject({ value: 2 });
  }

  test('after a deadlock the work of one runs again', async () => {
    await crossing((inside, key) => update(inside, key, (count) => count + 1, any));
  });

  test('also when it does not let the error through: what came before is rolled back', async () => {
    await crossing(async (inside, key) => {
      try {
        return await update(inside, key, (count) => count + 1, any);
      } catch {
        // It goes on as if nothing was, which must not be committed by itself.
        await expect(inside.put(key, 1000, any)).rejects.toMatchObject({ code: 'ER_LOCK_DEADLOCK' });
        return 'swallowed';
      }
    });
  });

  test('a deadlock at every try is the error of the driver', async () => {
    const deadlock = Object.assign(new Error('again'), { errno: 1213, sqlState: '40001', sqlMessage: 'again' });
    let times = 0;
    const work = store.transact(async () => {
      times++;
      throw deadlock;
    });
    await expect(work).rejects.toBe(deadlock);
    expect(times).toBe(10);
  });

  test('its store is of no use afterwards', async () => {
    const [a] = keys();
    const leaked = await store.transact(async (inside) => inside);
    await expect(leaked.put(a, 1, any)).rejects.toThrow('The transaction is over');
    expect(await store.get(a)).toBeNull();
  });

  test('an aborted signal ends it, whatever it waits for', async () => {
    const [a, b] = keys();
    await store.put(a, 0, any);
    const controller = new AbortController();
    const reason = new Error('went away');
    await holding(a, async () => {
      const work = store.transact(
        async (inside) => {
          await inside.put(b, 1, any);
          const waits = inside.put(a, 1, any);
          await waiting();
          controller.abort(reason);
          await waits;
        },
        { signal: controller.signal },
      );
      await expect(work).rejects.toBe(reason);
    });
    expect(await store.get(a)).toMatchObject({ value: 0 });
    expect(await store.get(b)).toBeNull();
  });

  test('an aborted signal ends it when there is no connection to be had', async () => {
    const small = open({ connectionLimit: 1 });
    const one = mysqlStore<number>(small, options);
    await one.put(crypto.randomUUID(), 1, any);
    const taken = await small.getConnection();
    const controller = new AbortController();
    const work = expect(one.transact(async () => 'never', { signal: controller.signal })).rejects.toThrow('went away');
    controller.abort(new Error('went away'));
    await work;
    taken.release();
    // The connection that it waited for went back.
    expect(await one.transact(async () => 'later')).toBe('later');
  });

  test('the loss of the connection before the commit is the error of the driver, and nothing is written', async () => {
    const [a] = keys();
    const work = store.transact(async (inside, connection) => {
      await inside.put(a, 1, any);
      await admin.query(`KILL ${connection.threadId}`);
      await inside.put(a, 2, any);
    });
    const error = await work.catch((error: unknown) => error);
    expect(error).not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
    expect(error).toHaveProperty('fatal', true);
    expect(await store.get(a)).toBeNull();
  });
});

describe.skipIf(!server)('a connection in a transaction of the caller', () => {
  const pool = open();
  const outside = mysqlStore<number>(pool, options);
  let connection: PoolConnection;
  beforeEach(async () => {
    connection = await pool.getConnection();
    await connection.beginTransaction();
  });
  afterEach(async () => {
    await connection.rollback();
    connection.release();
  });

  test('decides about what is written', async () => {
    const [a, b] = [crypto.randomUUID(), crypto.randomUUID()];
    const store = mysqlStore<number>(connection, options);
    await store.put(a, 1, absent);
    expect(await outside.get(a)).toBeNull();
    await connection.commit();
    expect(await outside.get(a)).toMatchObject({ value: 1 });
    await connection.beginTransaction();
    await store.put(b, 1, absent);
    await connection.rollback();
    expect(await outside.get(b)).toBeNull();
  });

  test('tells by the latest version why it wrote nothing', async () => {
    const a = crypto.randomUUID();
    await outside.put(a, 1, any);
    await connection.query('SELECT * FROM other');
    await outside.put(a, 2, any);
    const { version } = (await outside.get(a)) ?? {};
    const outcome = await mysqlStore<number>(connection, options).put(a, 3, oneOf('old'));
    expect(outcome).toMatchObject({ kind: 'stale', current: { version } });
  });

  test('does not try again after a lock wait timeout', async () => {
    const a = crypto.randomUUID();
    await outside.put(a, 1, any);
    await connection.query('SET SESSION innodb_lock_wait_timeout = 0');
    await holding(a, async () => {
      const put = mysqlStore<number>(connection, options).put(a, 2, any);
      await expect(put).rejects.toMatchObject({ code: 'ER_LOCK_WAIT_TIMEOUT' });
    });
  });
});

/** Runs something while another transaction holds the row of a key. */
async function holding(key: string, during: (release: () => Promise<void>) => Promise<void>): Promise<void> {
  const holder = await admin.getConnection();
  await holder.beginTransaction();
  await holder.execute('SELECT 1 FROM notes WHERE `key` = ? FOR UPDATE', [key]);
  try {
    await during(() => holder.rollback());
  } finally {
    await holder.rollback();
    holder.release();
  }
}

/** Waits until an update of a store is under way, which the holder of its row keeps from being done. */
async function waiting(): Promise<number> {
  for (;;) {
    const [rows] = await admin.query<RowDataPacket[]>(
      "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE `notes`%'",
    );
    if (rows[0]) return rows[0].id;
  }
}

describe.skipIf(!server)('a write that waits for a lock', () => {
  const key = crypto.randomUUID();
  const impatient = beginning('SET SESSION innodb_lock_wait_timeout = 0');
  const store = mysqlStore<number>(open(), options);
  beforeAll(() => store.put(key, 0, any));

  test('is tried again when the server gives up waiting', async () => {
    await holding(key, async (release) => {
      let times = 0;
      const watched = watchPool(impatient, async (statement, execute) => {
        times++;
        try {
          return await execute(statement);
        } catch (error) {
          await release();
          throw error;
        }
      });
      expect(await mysqlStore<number>(watched, options).put(key, 1, exists)).toMatchObject({ kind: 'updated' });
      expect(times).toBeGreaterThan(2);
    });
  });

  test('is contended when that goes on, and nothing is written', async () => {
    const { version } = (await store.get(key)) ?? {};
    await holding(key, async () => {
      expect(await mysqlStore<number>(impatient, options).put(key, 2, exists)).toEqual({ kind: 'contended' });
    });
    expect(await store.get(key)).toMatchObject({ version });
  });

  test('has an unknown outcome when its signal is aborted', async () => {
    const controller = new AbortController();
    await holding(key, async () => {
      const put = expect(store.put(key, 3, exists, { signal: controller.signal }));
      const unknown = put.rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: 'went away' } });
      await waiting();
      controller.abort(new Error('went away'));
      await unknown;
    });
  });

  test('is not written when it takes longer than a statement may: the error of the server says so', async () => {
    const hasty = mysqlStore<number>(beginning('SET SESSION max_statement_time = 1'), options);
    await store.put(key, 0, any);
    // The look of a store has a statement of its own.
    await hasty.get(key);
    await holding(key, async () => {
      // ER_STATEMENT_TIMEOUT of MariaDB, which the driver does not name.
      await expect(hasty.put(key, 4, exists)).rejects.toMatchObject({ errno: 1969 });
    });
    expect(await store.get(key)).toMatchObject({ value: 0 });
  });

  test('is not written when KILL QUERY ends it, and has an unknown outcome when KILL does', async () => {
    await store.put(key, 0, any);
    await holding(key, async () => {
      const failed = expect(store.put(key, 4, exists)).rejects.toMatchObject({ code: 'ER_QUERY_INTERRUPTED' });
      await admin.query(`KILL QUERY ${await waiting()}`);
      await failed;
    });
    await holding(key, async () => {
      const unknown = expect(store.put(key, 5, exists)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
      await admin.query(`KILL ${await waiting()}`);
      await unknown;
    });
    expect(await store.get(key)).toMatchObject({ value: 0 });
  });
});

describe.skipIf(!server)('a connection that breaks', () => {
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let pool: Pool;
  let store: TransactionalStore<string, number, PoolConnection>;
  /** COM_STMT_EXECUTE. */
  const isExecute = (bytes: Buffer) => bytes[4] === 0x17;
  const isCommit = (bytes: Buffer) => bytes.includes('COMMIT');
  beforeEach(async () => {
    proxy = await startProxy(server?.port ?? 0);
    pool = open({ uri: `mysql://root@127.0.0.1:${proxy.port}/test`, connectionLimit: 1 });
    store = mysqlStore<number, PoolConnection>(pool, options);
  });
  afterEach(() => proxy.close());

  test.each([
    ['creation', 0],
    ['update', 1],
  ])('after a %s was sent leaves its outcome unknown, and it is not sent again', async (_, before) => {
    const key = crypto.randomUUID();
    // The store has looked at the table before there are triggers, and so does not read what they might have changed.
    await store.get(key);
    await admin.query(`DROP TABLE IF EXISTS sent; CREATE TABLE sent (version CHAR(36));
      CREATE OR REPLACE TRIGGER sent_insert AFTER INSERT ON notes FOR EACH ROW INSERT INTO sent VALUES (NEW.version);
      CREATE OR REPLACE TRIGGER sent_update AFTER UPDATE ON notes FOR EACH ROW INSERT INTO sent VALUES (NEW.version)`);
    // Prepares what is sent next.
    await store.put(`${key}.`, 0, absent);
    await store.put(`${key}.`, 1, exists);
    if (before) await store.put(key, 0, absent);
    await admin.query('DELETE FROM sent');
    proxy.loseAnswers(1, isExecute);
    await expect(store.put(key, 7, before ? exists : absent)).rejects.toMatchObject({
      code: 'ETAG_OUTCOME_UNKNOWN',
      status: 500,
    });
    expect(proxy.lost).toBe(1);
    const stored = await store.get(key);
    expect(stored).toMatchObject({ value: 7 });
    expect((await admin.query('SELECT version FROM sent'))[0]).toEqual([{ version: stored?.version }]);
    await admin.query('DROP TRIGGER sent_insert; DROP TRIGGER sent_update');
  });

  test('after COMMIT was sent leaves the outcome of the transaction unknown, and its work runs once', async () => {
    const key = crypto.randomUUID();
    let times = 0;
    proxy.loseAnswers(1, isCommit);
    const work = store.transact(async (inside) => {
      times++;
      return inside.put(key, 1, absent);
    });
    await expect(work).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(times).toBe(1);
    expect(await store.get(key)).toMatchObject({ value: 1 });
  });

  test('fails a read with the error of the driver', async () => {
    const key = crypto.randomUUID();
    await store.put(key, 1, any);
    proxy.loseAnswers(1);
    await expect(store.get(key)).rejects.toMatchObject({ fatal: true });
  });

  test('and cannot be made anew: nothing was sent, and the error of the driver says so', async () => {
    const key = crypto.randomUUID();
    await store.put(key, 1, any);
    await proxy.close();
    // The pool learns of it by the next call, whose outcome is unknown then.
    await store.put(key, 2, any).catch(() => {});
    await expect(store.put(key, 3, any)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(store.transact((inside) => inside.put(key, 3, any))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await pool.end();
    await expect(store.put(key, 3, any)).rejects.toThrow('Pool is closed');
  });
});

test.skipIf(!server)('the modification time of a key does not follow a clock that is set back', async () => {
  const store = mysqlStore<number>(open(), options);
  const key = crypto.randomUUID();
  vi.useFakeTimers({ now: 4_000_000_000_123, toFake: ['Date'] });
  expect(await store.put(key, 1, any)).toMatchObject({ modified: 4_000_000_000_123 });
  vi.setSystemTime(1_000_000_000_000);
  expect(await store.put(key, 2, any)).toMatchObject({ modified: 4_000_000_000_123 });
  expect(await store.get(key)).toMatchObject({ modified: 4_000_000_000_123 });
  vi.useRealTimers();
});

test.skipIf(!server).each(['\ud800', 'a\udc00b'])('a key with a lone surrogate is refused', async (key) => {
  const store = mysqlStore<number>(open(), options);
  await expect(store.put(key, 1, any)).rejects.toThrow(TypeError);
  await expect(store.get(key)).rejects.toThrow(TypeError);
  await expect(store.state(key)).rejects.toThrow(TypeError);
  await expect(store.delete(key, any)).rejects.toThrow(TypeError);
});

test.skipIf(!server)('a key that is too long is refused by the engine, and not cut', async () => {
  const store = mysqlStore<number>(open(), options);
  const key = 'k'.repeat(3073);
  await expect(store.put(key, 1, any)).rejects.toMatchObject({ code: 'ER_DATA_TOO_LONG' });
  expect(await store.get(key)).toBeNull();
  expect(await store.put(key, 1, exists)).toMatchObject({ kind: 'missing' });
});

test.skipIf(!server)('a key is found by the index, whatever else it is compared with', async () => {
  const sent: string[] = [];
  const watched = watchPool(admin, (statement, execute) => {
    sent.push(admin.format(statement.sql, statement.values));
    return execute(statement);
  });
  const store = mysqlStore<number>(watched, options);
  const key = crypto.randomUUID();
  await store.put(key, 1, any);
  await store.put(key, 2, exists);
  await store.get(key);
  expect(sent.some((sql) => sql.includes('WHERE `key` = '))).toBe(true);
  for (const sql of sent.filter((sql) => sql.includes('WHERE `key` = '))) {
    const [plan] = await admin.query<RowDataPacket[]>(`EXPLAIN ${sql}`);
    expect(plan).toMatchObject([{ key: 'PRIMARY' }]);
  }
});

test.skipIf(!server)('2 processes of 16 writers lose none of 1,280 increments', async () => {
  await open().query(mysqlTable({ table: 'counters' }));
  const store = mysqlStore<number>(open(), { table: 'counters' });
  await store.put('total', 0, any);
  await incrementInProcesses('mysql', server?.url ?? '');
  expect(await store.get('total')).toMatchObject({ value: TOTAL });
});

test('the pools and connections of mysql2/promise are accepted as they are', () => {
  expectTypeOf<Pool>().toExtend<MysqlPool<PoolConnection>>();
  expectTypeOf<Connection>().toExtend<MysqlConnection>();
  expectTypeOf<PoolConnection>().toExtend<MysqlConnection>();
  expectTypeOf(mysqlStore<number, PoolConnection>).returns.toExtend<
    TransactionalStore<string, number, PoolConnection>
  >();
});
