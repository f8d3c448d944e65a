import { PGlite } from '@electric-sql/pglite';
import { absent, any, OutcomeUnknownError, oneOf } from '@etag/core';
import pg from 'pg';
import postgres from 'postgres';
import { available, startPostgres, startProxy } from 'servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TransactionalStore, VersionedStore } from '../store.ts';
import { update } from '../update.ts';
import { runOn } from './connection.ts';
import { type PostgresConnection, type PostgresDatabase, postgresStore, postgresTable } from './index.ts';

const server = await available('transactions of postgresStore', () => startPostgres({ fsync: 'off' }));
const url = server?.url ?? '';
afterAll(() => server?.stop());

const SETUP = [
  'DROP TABLE IF EXISTS notes, deferred',
  postgresTable({ table: 'notes' }),
  'CREATE TABLE deferred (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)',
];

const PATIENCE = { timeout: 20_000 };

type Isolation = 'read committed' | 'repeatable read' | 'serializable';

interface Opened {
  db: PostgresDatabase<PostgresConnection>;
  end(): Promise<void>;
}

async function openPool(isolation: Isolation = 'read committed', connectionString = url): Promise<Opened> {
  const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')} -c deadlock_timeout=50`;
  const db = new pg.Pool({ connectionString, options });
  // Some tests break connections.
  db.on('error', () => {});
  return { db, end: () => db.end() };
}

async function openSql(isolation: Isolation = 'read committed', connectionString = url): Promise<Opened> {
  const connection = { default_transaction_isolation: isolation, deadlock_timeout: 50 };
  const db = postgres(connectionString, { connection, onnotice: () => {} });
  // Without a time it would wait for connections that were lost.
  return { db, end: () => db.end({ timeout: 1 }) };
}

async function openPglite(): Promise<Opened> {
  const db = await PGlite.create();
  return { db, end: () => db.close() };
}

const storeOf = (db: Opened['db']) => postgresStore<number>(db, { table: 'notes' });

/** A promise that is resolved when it has been told so as often as it was said. */
function countdown(times: number): { done: Promise<void>; tell(): void } {
  let tell = () => {};
  const done = new Promise<void>((resolve) => {
    tell = () => void (--times === 0 && resolve());
  });
  return { done, tell };
}

async function versionOf(store: VersionedStore<string, number>, key: string): Promise<string> {
  return (await store.get(key))?.version ?? '';
}

describe.skipIf(!server).each([
  ['pg', openPool],
  ['postgres.js', openSql],
  ['PGlite', openPglite],
])('%s: a transaction', (_, open) => {
  let opened: Opened;
  let store: TransactionalStore<string, number, PostgresConnection>;
  beforeAll(async () => {
    opened = await open();
    store = storeOf(opened.db);
    for (const statement of SETUP) await runOn(opened.db)([statement, []]);
  }, 60_000);
  afterAll(() => opened.end());

  test('commits what its work writes, through the store and past it', async () => {
    const kinds = await store.transact(async (notes, transaction) => {
      const outcomes = [await notes.put('a', 1, absent), await notes.put('b', 2, absent)];
      await runOn(transaction)(["UPDATE notes SET value = '3' WHERE key = 'b'", []]);
      return outcomes.map(({ kind }) => kind);
    });
    expect(kinds).toEqual(['created', 'created']);
    expect([(await store.get('a'))?.value, (await store.get('b'))?.value]).toEqual([1, 3]);
  });

  test('is rolled back when its work throws, and its error comes through', async () => {
    const error = new Error('of the work');
    const work = store.transact(async (notes) => {
      expect(await notes.put('thrown', 1, absent)).toMatchObject({ kind: 'created' });
      throw error;
    });
    await expect(work).rejects.toBe(error);
    expect(await store.get('thrown')).toBeNull();
  });

  test('goes on after a refusal', async () => {
    await store.put('refused', 1, any);
    const outcome = await store.transact(async (notes) => {
      await notes.put('accepted', 1, any);
      return await notes.put('refused', 2, oneOf('1'));
    });
    expect(outcome).toMatchObject({ kind: 'stale', current: { version: await versionOf(store, 'refused') } });
    expect(await store.get('accepted')).toMatchObject({ value: 1 });
  });

  test('that PostgreSQL rolls back at COMMIT, since a statement had failed, is not taken for committed', async () => {
    const work = store.transact(async (notes, transaction) => {
      await notes.put('unheard', 1, any);
      await runOn(transaction)(['SELECT 1 / 0', []]).catch(() => {});
      return 'went on';
    });
    await expect(work).rejects.toMatchObject({ severity: 'ERROR' });
    expect(await store.get('unheard')).toBeNull();
  });

  test('finds nothing under a key that cannot be, and no version that cannot be, and goes on', async () => {
    await store.put('a', 1, any);
    await store.transact(async (notes) => {
      expect(await notes.get('\0')).toBeNull();
      expect(await notes.delete('a', oneOf('\0'))).toMatchObject({ kind: 'stale' });
      await notes.put('a', 2, any);
    });
    expect(await store.get('a')).toMatchObject({ value: 2 });
  });

  test('may have a store that the work makes of it', async () => {
    await store.put('mine', 1, any);
    const work = store.transact(async (_, transaction) => {
      const notes = postgresStore<number>(transaction, { table: 'notes' });
      await notes.put('mine', 2, any);
      // An error that has ended the transaction, whatever the work makes of it.
      await runOn(transaction)(['SELECT 1 / 0', []]).catch(() => {});
      await expect(notes.get('mine')).rejects.toMatchObject({ code: '25P02' });
    });
    await expect(work).rejects.toMatchObject({ severity: 'ERROR' });
    expect(await store.get('mine')).toMatchObject({ value: 1 });
  });

  test('has a store for as long as it lasts, and not longer', async () => {
    let late: VersionedStore<string, number> | undefined;
    await store.transact(async (notes) => {
      late = notes;
      expect(notes.transact).toBeUndefined();
    });
    await expect(late?.put('late', 1, any)).rejects.toThrow('The transaction is over');
    await expect(late?.get('late')).rejects.toThrow('The transaction is over');
    expect(await store.get('late')).toBeNull();
  });

  test('that is aborted is rolled back, or does not begin', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = store.transact(
      async (notes) => {
        await notes.put('aborted', 1, any);
        controller.abort(new Error('went away'));
      },
      { signal },
    );
    await expect(aborted).rejects.toThrow('went away');
    const work = vi.fn();
    await expect(store.transact(work, { signal })).rejects.toThrow('went away');
    expect(work).not.toHaveBeenCalled();
    expect(await store.get('aborted')).toBeNull();
  });

  test('runs ten times when it always conflicts, and then fails with the error of the driver', async () => {
    const work = vi.fn(async (notes: VersionedStore<string, number>, transaction: PostgresConnection) => {
      await notes.put('conflicting', 1, any);
      await runOn(transaction)(["DO $$ BEGIN RAISE 'again' USING ERRCODE = 'serialization_failure'; END $$", []]);
    });
    await expect(store.transact(work)).rejects.toMatchObject({ code: '40001', message: 'again' });
    expect(work).toHaveBeenCalledTimes(10);
    expect(await store.get('conflicting')).toBeNull();
  });

  test('that fails at COMMIT fails with the error of the driver', async () => {
    const work = store.transact(async (notes, transaction) => {
      await notes.put('deferred', 1, any);
      await runOn(transaction)(['INSERT INTO deferred VALUES (1), (1)', []]);
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await store.get('deferred')).toBeNull();
  });
});

describe.skipIf(!server).each([
  ['pg', openPool],
  ['postgres.js', openSql],
])('%s: transactions', (_, open) => {
  const opened: Opened[] = [];
  async function openStore(isolation?: Isolation) {
    const database = await open(isolation);
    opened.push(database);
    for (const statement of SETUP) await runOn(database.db)([statement, []]);
    return { ...database, store: storeOf(database.db) };
  }
  afterAll(async () => {
    for (const { end } of opened) await end();
  });

  test.each<Isolation>(['repeatable read', 'serializable'])(
    'that find a conflict at %s run again, with the same expectation',
    async (isolation) => {
      const { store } = await openStore(isolation);
      await store.put('conflict', 1, any);
      const version = await versionOf(store, 'conflict');
      const outcomes: unknown[] = [];
      const outcome = await store.transact(async (notes) => {
        outcomes.push((await notes.get('conflict'))?.value);
        // Somebody else writes after the transaction has seen the row.
        if (outcomes.length === 1) await store.put('conflict', 2, any);
        return await notes.put('conflict', 3, oneOf(version));
      });
      expect(outcomes).toEqual([1, 2]);
      expect(outcome).toMatchObject({ kind: 'stale' });
      expect(await store.get('conflict')).toMatchObject({ value: 2 });
    },
  );

  test.each<Isolation>(['read committed', 'repeatable read', 'serializable'])(
    'lose no increment at %s',
    async (isolation) => {
      const { store } = await openStore(isolation);
      await store.put('count', 0, any);
      const increment = async () => {
        for (;;) {
          const kind = await store
            .transact(async (notes) => {
              return (await update(notes, 'count', (count) => count + 1, any)).kind;
            })
            .catch((error) => error.code);
          if (kind === 'updated') return;
          expect(['contended', '40001']).toContain(kind);
        }
      };
      await Promise.all(Array.from({ length: 32 }, increment));
      expect(await store.get('count')).toMatchObject({ value: 32 });
    },
  );

  test('that lock the same keys in another order: one runs again, and both are committed', async () => {
    const { store } = await openStore();
    for (const key of ['left', 'right']) await store.put(key, 0, any);
    const bothHaveOne = countdown(2);
    const work = (...keys: [string, string]) =>
      vi.fn(async (notes: VersionedStore<string, number>) => {
        await update(notes, keys[0], (count) => count + 1, any);
        bothHaveOne.tell();
        await bothHaveOne.done;
        await update(notes, keys[1], (count) => count + 1, any);
      });
    const works = [work('left', 'right'), work('right', 'left')];
    await Promise.all(works.map((work) => store.transact(work)));
    expect(works.reduce((runs, work) => runs + work.mock.calls.length, 0)).toBeGreaterThan(2);
    for (const key of ['left', 'right']) expect(await store.get(key)).toMatchObject({ value: 2 });
  });

  test('whose connection is lost before COMMIT were not committed: the error of the driver says so', async () => {
    const { store } = await openStore();
    const admin = new pg.Client(url);
    await admin.connect();
    const work = store.transact(async (notes, transaction) => {
      await notes.put('lost', 1, any);
      const [[pid] = []] = await runOn(transaction)(['SELECT pg_backend_pid()', []]);
      await admin.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
      return await notes.put('lost', 2, any);
    });
    await expect(work).rejects.not.toBeInstanceOf(OutcomeUnknownError);
    expect(await store.get('lost')).toBeNull();
    expect(await store.transact((notes) => notes.put('lost', 3, any))).toMatchObject({ kind: 'created' });
    await admin.end();
  });

  test('whose connection is lost at COMMIT may have been committed', async () => {
    const { store } = await openStore();
    const proxy = await startProxy(Number(new URL(url).port));
    const through = await open('read committed', url.replace(/:\d+\//, `:${proxy.port}/`));
    const work = vi.fn((notes: VersionedStore<string, number>) => notes.put('unknown', 1, any));
    proxy.loseAnswers(1, (bytes) => /commit\0/i.test(bytes.toString('latin1')));
    await expect(storeOf(through.db).transact(work)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(proxy.lost).toBe(1);
    expect(work).toHaveBeenCalledTimes(1);
    // The proxy resets the connection once the server has answered: it is committed.
    expect(await store.get('unknown')).toMatchObject({ value: 1 });
    await through.end();
    await proxy.close();
  });
});

// https://github.com/porsager/postgres/issues/1204
test.skipIf(!server)('postgres.js: a transaction whose connection was lost does not end that of another', async () => {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const store = storeOf(sql);
  for (const statement of SETUP) await runOn(sql)([statement, []]);
  const admin = new pg.Client(url);
  await admin.connect();
  const othersTurn = countdown(1);
  const late = countdown(1);
  const first = store.transact(async (notes, transaction) => {
    const [[pid] = []] = await runOn(transaction)(['SELECT pg_backend_pid()', []]);
    await admin.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
    await othersTurn.done;
    await expect(notes.put('first', 1, any)).rejects.toThrow('The transaction is over');
    late.tell();
  });
  await expect(first).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  const second = store.transact(async (notes) => {
    await notes.put('second', 1, any);
    othersTurn.tell();
    await late.done;
    await notes.get('second');
    throw new Error('of the work');
  });
  await expect(second).rejects.toThrow('of the work');
  expect((await admin.query('SELECT key FROM notes')).rows).toEqual([]);
  await admin.end();
  await sql.end({ timeout: 1 });
});

describe.skipIf(!server).each([
  ['pg', openPool],
  ['postgres.js', openSql],
])('%s: a transaction that is aborted', (_, open) => {
  let opened: Opened;
  const admin = new pg.Client(url);
  beforeAll(async () => {
    opened = await open();
    await admin.connect();
    for (const statement of SETUP) await admin.query(statement);
  });
  afterAll(async () => {
    await opened.end();
    await admin.end();
  });

  test('while a statement waits does not wait for it, and is rolled back', async () => {
    const store = storeOf(opened.db);
    await store.put('locked', 1, any);
    await admin.query('BEGIN; SELECT * FROM notes FOR UPDATE');
    const controller = new AbortController();
    const work = store.transact(
      async (notes) => {
        await notes.put('aborted', 1, any);
        await notes.put('locked', 2, any);
      },
      { signal: controller.signal },
    );
    await blocked(admin);
    controller.abort(new Error('too slow'));
    await expect(work).rejects.toThrow('too slow');
    await admin.query('ROLLBACK');
    await vi.waitFor(async () => {
      const open = "SELECT FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' OR wait_event_type = 'Lock'";
      expect((await admin.query(open)).rowCount).toBe(0);
    }, PATIENCE);
    expect((await admin.query('SELECT key, value FROM notes')).rows).toEqual([{ key: 'locked', value: 1 }]);
  });
});

/** Waits until a statement waits for a lock; gives the process that runs it. */
function blocked(admin: pg.Client): Promise<number> {
  return vi.waitFor(async () => {
    const { rows } = await admin.query("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    expect(rows).toHaveLength(1);
    return rows[0].pid;
  }, PATIENCE);
}

describe.skipIf(!server)('a store on a client of pg', () => {
  let client: pg.Client;
  let other: pg.Client;
  let notes: VersionedStore<string, number>;
  beforeAll(async () => {
    client = new pg.Client(url);
    other = new pg.Client(url);
    await Promise.all([client.connect(), other.connect()]);
    notes = postgresStore<number>(client, { table: 'notes' });
  });
  beforeEach(async () => {
    await client.query('ROLLBACK');
    for (const statement of SETUP) await client.query(statement);
    await notes.put('a', 1, any);
  });
  afterAll(async () => {
    await Promise.all([client.end(), other.end()]);
  });

  test('has no transact, which takes a connection of its own', () => {
    expect(notes.transact).toBeUndefined();
  });

  test('writes within a transaction of the caller', async () => {
    await client.query('BEGIN');
    expect(await notes.put('a', 2, oneOf(await versionOf(notes, 'a')))).toMatchObject({ kind: 'updated' });
    expect(await notes.delete('a', oneOf('1'))).toMatchObject({ kind: 'stale' });
    await client.query('ROLLBACK');
    expect(await notes.get('a')).toMatchObject({ value: 1 });
  });

  test('leaves a conflict to the caller in a transaction, and tries again without', async () => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await notes.get('a');
    await other.query("UPDATE notes SET version = DEFAULT WHERE key = 'a'");
    await expect(notes.put('a', 2, any)).rejects.toMatchObject({ code: '40001' });
    await expect(notes.get('a')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK');

    await client.query("SET default_transaction_isolation = 'repeatable read'");
    await other.query("BEGIN; UPDATE notes SET version = DEFAULT WHERE key = 'a'");
    const put = notes.put('a', 3, any);
    await blocked(other);
    await other.query('COMMIT');
    expect(await put).toMatchObject({ kind: 'updated', value: 3 });
    await client.query('RESET default_transaction_isolation');
  });

  test('finds nothing under a key that cannot be, in a transaction as well', async () => {
    await client.query('BEGIN');
    expect(await notes.get('\0')).toBeNull();
    expect(await notes.get('a')).toMatchObject({ value: 1 });
    await client.query('ROLLBACK');
  });

  test('that loses its connection does not know what became of a write, but in a transaction it does', async () => {
    const lost = async (begin: string) => {
      const own = new pg.Client(url);
      own.on('error', () => {});
      await own.connect();
      const store = postgresStore<number>(own, { table: 'notes' });
      await store.put('b', 1, any);
      await own.query(begin);
      await other.query("BEGIN; UPDATE notes SET version = DEFAULT WHERE key = 'a'");
      const put = store.put('a', 2, any).catch((error: unknown) => error);
      await other.query('SELECT pg_terminate_backend($1)', [await blocked(other)]);
      const error = await put;
      await other.query('ROLLBACK');
      return error;
    };
    expect(await lost('SELECT 1')).toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { code: '57P01' } });
    expect(await lost('BEGIN')).toMatchObject({ code: '57P01' });
  });
});
