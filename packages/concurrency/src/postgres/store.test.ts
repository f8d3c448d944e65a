import { PGlite, type Transaction } from '@electric-sql/pglite';
import { absent, any, oneOf } from '@etag/core';
import pg from 'pg';
import postgres from 'postgres';
import { available, startPostgres } from 'servers';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { incrementInProcesses, TOTAL } from '../../test/increments.ts';
import type { TableOptions } from '../sql/options.ts';
import type { TableStore, TransactionalTableStore, VersionedStore } from '../store.ts';
import { testVersionedStore } from '../testing.ts';
import { runOn } from './connection.ts';
import { type PostgresConnection, postgresStore, postgresTable } from './index.ts';

const server = await available('postgresStore', () => startPostgres({ max_connections: 200, fsync: 'off' }));
const url = server?.url ?? '';
afterAll(() => server?.stop());

/** A connection of the tests' own. */
const admin = new pg.Client(url);
beforeAll(async () => void (server && (await admin.connect())));
afterAll(() => admin.end());

type Row = { data: unknown };

/** Rows that hold in a column of JSON whatever the laws put into it. What `transact` gives would hold rows. */
function unwrapped({ transact: _, ...rows }: VersionedStore<string, Row>): VersionedStore<string, unknown> {
  return {
    ...rows,
    async get(...call) {
      const row = await rows.get(...call);
      return row && { ...row, value: row.value.data };
    },
    async put(key, data, ...call) {
      const outcome = await rows.put(key, { data }, ...call);
      return 'value' in outcome ? { ...outcome, value: outcome.value.data } : outcome;
    },
  };
}

const theirs = (options: Omit<TableOptions<Row>, 'columns'>) => (db: PostgresConnection) =>
  unwrapped(postgresStore<Row>(db, { ...options, columns: ['data'] }));

/** Tables, and how to open a store on them. */
const tables: [name: string, ddl: string, open: (db: PostgresConnection) => VersionedStore<string, unknown>][] = [
  ['a table of its own', postgresTable({ table: 'own' }), (db) => postgresStore<unknown>(db, { table: 'own' })],
  [
    'a table with a sequence',
    'CREATE TABLE numbered (id text PRIMARY KEY, data json, rev bigint GENERATED ALWAYS AS IDENTITY, at timestamp)',
    theirs({ table: 'public.numbered', key: 'id', version: 'rev', modified: { column: 'at', type: 'utc' } }),
  ],
  [
    'a table without a version',
    'CREATE TABLE unversioned (id varchar(1200) PRIMARY KEY, data json)',
    theirs({ table: 'unversioned', key: 'id', version: 'xmin', modified: null }),
  ],
];

type Isolation = 'read committed' | 'repeatable read' | 'serializable';

function openPool(isolation: Isolation = 'read committed') {
  const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`;
  const db = new pg.Pool({ connectionString: url, max: 16, options });
  // A connection that breaks while it is idle is replaced.
  db.on('error', () => {});
  return { db, end: () => db.end() };
}

function openSql(isolation: Isolation = 'read committed') {
  const connection = { default_transaction_isolation: isolation };
  const db = postgres(url, { max: 16, connection, onnotice: () => {} });
  return { db, end: () => db.end() };
}

describe.skipIf(!server)('the contract', () => {
  beforeAll(async () => {
    for (const [, ddl] of tables) await admin.query(ddl);
  });

  describe.each([
    ['pg', openPool],
    ['postgres.js', openSql],
  ])('%s', (_, open) => {
    describe.each(tables)('%s', (_, __, storeOn) => {
      const { db, end } = open();
      afterAll(end);
      testVersionedStore(test, async () => ({ store: storeOn(db) }));
    });

    describe.each<Isolation>(['repeatable read', 'serializable'])('%s', (isolation) => {
      const { db, end } = open(isolation);
      afterAll(end);
      testVersionedStore(test, async () => ({ store: postgresStore(db, { table: 'own' }) }));

      test('is what its statements run at', async () => {
        expect(await runOn(db)(['SHOW transaction_isolation', []])).toEqual([[isolation]]);
      });
    });
  });
});

// It has one connection, so that its races are none.
describe('the contract, PGlite', () => {
  let db: PGlite;
  beforeAll(async () => {
    db = await PGlite.create();
  }, 60_000);
  afterAll(() => db.close());
  describe.each(tables)('%s', (_, ddl, storeOn) => {
    beforeAll(async () => void (await db.exec(ddl)));
    testVersionedStore(test, async () => ({ store: storeOn(db) }));
  });
});

test.each([
  { table: '' },
  { table: 'a.' },
  { table: 'a\0b' },
  { table: [] },
  { table: 'a', key: '' },
  { table: 'a', version: 'a\0' },
  { table: 'a', columns: ['\0'] },
  { table: 'a', key: 'id', version: 'id' },
  { table: 'a', columns: ['title', 'title'] },
  { table: 'a', modified: 'value' },
])('names that are none, or name two columns, are refused: %j', (options) => {
  expect(() => postgresStore<never>(new pg.Pool() as PostgresConnection, options as never)).toThrow('name');
  expect(() => postgresTable<never>(options as never)).toThrow(TypeError);
});

test.skipIf(!server)('2 processes of 16 writers lose none of 1,280 increments', async () => {
  await admin.query(postgresTable({ table: 'counters' }));
  const store = postgresStore<number>(admin, { table: 'counters' });
  await store.put('total', 0, any);
  await incrementInProcesses('postgres', url);
  expect(await store.get('total')).toMatchObject({ value: TOTAL });
});

describe('what is not a connection of a known driver is refused at once', () => {
  /** The shape of what `neon()` gives: a function, which is tagged, and has no sessions. */
  const neon = Object.assign(() => {}, { query() {}, unsafe: () => ({}), transaction() {} });

  test.each<[string, unknown]>([
    ["Neon's HTTP function", neon],
    ['a pool of mysql2', { query() {}, execute() {}, getConnection() {}, release() {} }],
    ['a promise of a pool', Promise.resolve(new pg.Pool())],
    ['a URL', 'postgres://localhost'],
    ['nothing', undefined],
    ['null', null],
    ['an object', {}],
    ['a query builder', { query: {}, execute() {} }],
  ])('%s', (_, other) => {
    const open = () => postgresStore<number>(other as PostgresConnection, { table: 'own' });
    expect(open).toThrow(TypeError);
    expect(open).toThrow('a PGlite');
  });
});

test.skipIf(!server)('a pool that has no connection to give has sent nothing: its own error says so', async () => {
  const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 400 });
  await admin.query(postgresTable({ table: 'busy' }));
  const store = postgresStore<number>(pool, { table: 'busy' });
  await store.put('1', 1, any);
  const taken = await pool.connect();
  for (const write of [
    () => store.put('1', 2, any),
    () => store.delete('1', any),
    () => store.transact(async () => 1),
  ]) {
    await expect(write()).rejects.toThrow('timeout exceeded when trying to connect');
    await expect(write()).rejects.not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
  }
  taken.release();
  expect(await store.get('1')).toMatchObject({ value: 1 });
  await pool.end();
  await expect(store.put('1', 2, any)).rejects.not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
});

test.skipIf(!server)('a call that is aborted while the pool has no connection to give is never sent', async () => {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  await admin.query(postgresTable({ table: 'full' }));
  const store = postgresStore<number>(pool, { table: 'full' });
  const { version } = (await store.put('1', 1, any)) as { version: string };
  const taken = await pool.connect();
  const controller = new AbortController();
  const { signal } = controller;
  const writes = [
    store.put('1', 2, any, { signal }),
    store.put('2', 2, absent, { signal }),
    store.delete('1', oneOf(version), { signal }),
    store.transact((inside) => inside.put('3', 2, any), { signal }),
  ];
  await expect.poll(() => pool.waitingCount).toBe(writes.length);
  controller.abort(new Error('too slow'));
  for (const write of writes) await expect(write).rejects.toThrow('too slow');
  taken.release();
  expect(await store.get('1')).toMatchObject({ version, value: 1 });
  expect([await store.get('2'), await store.get('3')]).toEqual([null, null]);
  expect(pool).toMatchObject({ totalCount: 1, idleCount: 1, waitingCount: 0 });
  // With a signal that stays quiet it is a write like any other, and so is one that fails.
  const quiet = { signal: new AbortController().signal };
  expect(await store.put('2', 2, absent, quiet)).toMatchObject({ kind: 'created' });
  await admin.query('ALTER TABLE "full" ADD CHECK (value::text <> \'7\')');
  await expect(store.put('2', 7, any, quiet)).rejects.toMatchObject({ code: '23514' });
  expect(await store.put('2', 3, any, quiet)).toMatchObject({ kind: 'updated' });
  await pool.end();
});

test('what has a connection for each transaction has transact', () => {
  const open = (db: PostgresConnection) => postgresStore<number>(db, { table: 'own' });
  expect(open(new pg.Pool()).transact).toBeTypeOf('function');
  expect(open(postgres()).transact).toBeTypeOf('function');
  expect(open(new pg.Client()).transact).toBeUndefined();

  const options = { table: 'own' };
  expectTypeOf((db: pg.Pool) => postgresStore<number, pg.PoolClient>(db, options)).returns.toEqualTypeOf<
    TransactionalTableStore<number, pg.PoolClient>
  >();
  expectTypeOf((db: postgres.Sql) => postgresStore<number, postgres.TransactionSql>(db, options)).returns.toEqualTypeOf<
    TransactionalTableStore<number, postgres.TransactionSql>
  >();
  expectTypeOf((db: PGlite) => postgresStore<number, Transaction>(db, options)).returns.toEqualTypeOf<
    TransactionalTableStore<number, Transaction>
  >();
  expectTypeOf((db: pg.Pool) => postgresStore<number>(db, options)).returns.toEqualTypeOf<
    TransactionalTableStore<number, PostgresConnection>
  >();
  expectTypeOf((db: pg.Client) => postgresStore<number>(db, options)).returns.toEqualTypeOf<TableStore<number>>();
  expectTypeOf<pg.PoolClient>().toExtend<PostgresConnection>();
  expectTypeOf<postgres.TransactionSql>().toExtend<PostgresConnection>();
  expectTypeOf<Transaction>().toExtend<PostgresConnection>();
});
