import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Expectation } from '@etag/core';
import { OutcomeUnknownError, outcome } from '@etag/core';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { available, startMariadb, startPostgres } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mysqlStore, mysqlTable } from './mysql/index.ts';
import { postgresStore, postgresTable } from './postgres/index.ts';
import { sqliteStore, sqliteTable } from './sqlite/index.ts';
import type { VersionedStore } from './store.ts';
import { type OpenStore, testVersionedStore } from './testing.ts';

// The laws about what is said when a write does not go through, on stores that are in trouble; and broken stores.

const folder = mkdtempSync(join(tmpdir(), 'troubles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { table: 'notes' };

/** Values that are longer have to be unique: the laws take keys for those. */
const LONG = 30;

type Store = VersionedStore<string, unknown>;

const LAWS = [
  'a write that something else keeps from its row is an error that says so',
  'another value that has to be unique is an error, and nobody who came first',
  'a write that was never sent is known to have failed',
  'a transaction keeps all that its work wrote',
  'a transaction whose work throws writes nothing',
  'transactions that are aborted end, write nothing, and free what they held',
  'a write that waits for a transaction ends with its signal',
];

function testLaws(open: () => Promise<OpenStore>): void {
  testVersionedStore((name, run) => {
    if (LAWS.includes(name)) test(name, { timeout: 30_000 }, run);
  }, open);
}

/** Those of some laws that a store breaks. */
async function broken(opened: OpenStore, laws: readonly string[]): Promise<string[]> {
  const runs: [name: string, run: () => Promise<void>][] = [];
  testVersionedStore(
    (name, run) => void (laws.includes(name) && runs.push([name, run])),
    async () => opened,
  );
  const names: string[] = [];
  for (const [name, run] of runs) await run().catch(() => names.push(name));
  return names;
}

const file = () => join(folder, `${crypto.randomUUID()}.sqlite`);

function openSqlite(path: string, isBlocked = false): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA synchronous = OFF');
  db.function('blocked', { deterministic: false }, () => Number(isBlocked));
  return db;
}

function sqliteInTrouble(): OpenStore & { troubles: { blocked: Store; unique: Store; unreachable: Store } } {
  const path = file();
  const db = openSqlite(path);
  db.exec(sqliteTable(options));
  db.exec(`CREATE UNIQUE INDEX one ON notes (value) WHERE length(value) > ${LONG}`);
  for (const verb of ['INSERT', 'UPDATE', 'DELETE']) {
    db.exec(`CREATE TRIGGER no_${verb} BEFORE ${verb} ON notes WHEN blocked() BEGIN SELECT RAISE(IGNORE); END`);
  }
  const [other, closed] = [openSqlite(path, true), openSqlite(path)];
  const store = sqliteStore<unknown>(db, options);
  const troubles = {
    blocked: sqliteStore<unknown>(other, options),
    unique: store,
    unreachable: sqliteStore<unknown>(closed, options),
  };
  closed.close();
  return { store, troubles };
}

describe('sqliteStore', () => testLaws(async () => sqliteInTrouble()));

const postgres = await available('postgresStore in trouble', () => startPostgres({ fsync: 'off' }));
afterAll(() => postgres?.stop());

describe.skipIf(!postgres)('postgresStore', () => {
  const connectionString = postgres?.url;
  const pool = new pg.Pool({ connectionString });
  const blocked = new pg.Pool({ connectionString, options: '-c app.blocked=yes' });
  const exhausted = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 1000 });
  const pools = [pool, blocked, exhausted];
  for (const each of pools) each.on('error', () => {});
  const unreachable = postgresStore<unknown>(exhausted, options);
  let busy: pg.PoolClient | undefined;
  beforeAll(async () => {
    await pool.query(`${postgresTable(options)};
      CREATE UNIQUE INDEX one ON notes ((value::text)) WHERE length(value::text) > ${LONG};
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER blocked BEFORE INSERT OR UPDATE OR DELETE ON notes
        FOR EACH ROW WHEN (current_setting('app.blocked', true) = 'yes') EXECUTE FUNCTION nothing()`);
    await unreachable.get('');
    busy = await exhausted.connect();
  });
  afterAll(async () => {
    busy?.release();
    await Promise.all(pools.map((each) => each.end()));
  });
  const store = postgresStore<unknown>(pool, options);
  const troubles = { blocked: postgresStore<unknown>(blocked, options), unique: store, unreachable };
  testLaws(async () => ({ store, troubles }));
});

const mariadb = await available('mysqlStore in trouble', () => startMariadb({ innodb_flush_log_at_trx_commit: 2 }));
afterAll(() => mariadb?.stop());

describe.skipIf(!mariadb)('mysqlStore', () => {
  const uri = mariadb?.url ?? 'mysql://127.0.0.1:1/';
  const pool = mysql.createPool({ uri, connectionLimit: 10 });
  const exhausted = mysql.createPool({ uri, connectionLimit: 1, waitForConnections: false });
  const unreachable = mysqlStore<unknown>(exhausted, options);
  let busy: mysql.PoolConnection | undefined;
  beforeAll(async () => {
    await pool.query(mysqlTable(options));
    await unreachable.get('');
    busy = await exhausted.getConnection();
  });
  afterAll(async () => {
    busy?.release();
    await Promise.all([pool.end(), exhausted.end()]);
  });
  testLaws(async () => ({ store: mysqlStore<unknown>(pool, options), troubles: { unreachable } }));
});

describe('a store breaks the law that', () => {
  const contended = { put: async () => outcome({ kind: 'contended' }) };
  const unknown = async () => Promise.reject(new OutcomeUnknownError());

  test.each<[law: string, mistake: string, of: (sound: ReturnType<typeof sqliteInTrouble>) => OpenStore]>([
    [
      'a write that something else keeps from its row is an error that says so',
      'it says that others came first',
      ({ store, troubles }) => ({ store, troubles: { blocked: { ...troubles.blocked, ...contended } } }),
    ],
    [
      'another value that has to be unique is an error, and nobody who came first',
      'it says that others came first',
      ({ store, troubles: { unique } }) => ({
        store,
        troubles: {
          unique: {
            ...unique,
            put: (key: string, value: unknown, expectation: Expectation) =>
              unique.put(key, value, expectation).catch(contended.put),
          },
        },
      }),
    ],
    [
      'a write that was never sent is known to have failed',
      'it does not know what became of it',
      ({ store, troubles }) => ({
        store,
        troubles: { unreachable: { ...troubles.unreachable, put: unknown, delete: unknown } },
      }),
    ],
    [
      'a transaction keeps all that its work wrote',
      'its transactions do not see what they wrote',
      ({ store }) => ({
        store: {
          ...store,
          transact: (work, call) => transactOf(store)((inside, tx) => work({ ...inside, get: store.get }, tx), call),
        },
      }),
    ],
    [
      'a transaction whose work throws writes nothing',
      'its transactions write past themselves',
      ({ store }) => ({ store: { ...store, transact: (work) => work(store, null) } }),
    ],
    [
      'transactions that are aborted end, write nothing, and free what they held',
      'it does not look at the signal',
      ({ store }) => ({ store: { ...store, transact: (work) => transactOf(store)(work) } }),
    ],
    [
      'a write that waits for a transaction ends with its signal',
      'it does not look at the signal',
      ({ store }) => ({ store: { ...store, put: (key, value, expectation) => store.put(key, value, expectation) } }),
    ],
  ])('%s: %s', { timeout: 60_000 }, async (law, _, of) => {
    const sound = sqliteInTrouble();
    expect(await broken(of(sound), [law])).toEqual([law]);
  });

  test('and a sound one breaks none', { timeout: 60_000 }, async () => {
    expect(await broken(sqliteInTrouble(), LAWS)).toEqual([]);
  });
});

function transactOf(store: Store): NonNullable<Store['transact']> {
  if (!store.transact) throw new Error('The store has no transact');
  return store.transact;
}
