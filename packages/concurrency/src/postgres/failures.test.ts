import { absent, any, oneOf } from '@etag/core';
import pg from 'pg';
import postgres from 'postgres';
import { available, startPostgres, startProxy } from 'servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TransactionalStore } from '../store.ts';
import { type PostgresConnection, type PostgresDatabase, postgresFailure, postgresStore } from './index.ts';

const server = await available('failures of postgresStore', () => startPostgres({ fsync: 'off' }));
const url = server?.url ?? '';
afterAll(() => server?.stop());

/** Of a sequence, so that it counts the writes. */
const SETUP = `DROP TABLE IF EXISTS notes;
  CREATE TABLE notes (key text PRIMARY KEY, value json, version bigint GENERATED ALWAYS AS IDENTITY)`;
const options = { table: 'notes', modified: null };

const PATIENCE = { timeout: 20_000 };

interface Opened {
  db: PostgresDatabase<PostgresConnection>;
  end(): Promise<void>;
}

const drivers: [name: string, open: (url: string) => Opened][] = [
  [
    'pg',
    (connectionString) => {
      const db = new pg.Pool({ connectionString, max: 1 });
      db.on('error', () => {});
      return { db, end: () => db.end() };
    },
  ],
  [
    'postgres.js',
    (url) => {
      const db = postgres(url, { max: 1, onnotice: () => {} });
      return { db, end: () => db.end({ timeout: 1 }) };
    },
  ],
];

/** The message that runs a statement. */
const EXECUTE = Buffer.from('E\0\0\0\x09\0\0\0\0\0');

describe.skipIf(!server).each(drivers)('%s', (_, open) => {
  const admin = new pg.Client(url);
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let opened: Opened;
  let store: TransactionalStore<string, number, PostgresConnection>;
  beforeAll(async () => {
    await admin.connect();
    proxy = await startProxy(Number(new URL(url).port));
  });
  beforeEach(async () => {
    await admin.query('ROLLBACK');
    await admin.query(SETUP);
    opened = open(url.replace(/:\d+\//, `:${proxy.port}/`));
    store = postgresStore<number>(opened.db, options);
    await store.put('a', 1, absent);
    return () => opened.end();
  });
  afterAll(async () => {
    await proxy.close();
    await admin.end();
  });

  const rows = async () => (await admin.query('SELECT key, value, version FROM notes ORDER BY key')).rows;
  const a = { key: 'a', value: 1, version: '1' };

  test.each([
    ['a create', () => store.put('b', 2, absent), [a, { key: 'b', value: 2, version: '2' }]],
    ['a replacement', () => store.put('a', 2, oneOf('1')), [{ key: 'a', value: 2, version: '2' }]],
    ['a put of whatever is there', () => store.put('a', 2, any), [{ key: 'a', value: 2, version: '2' }]],
    ['a delete', () => store.delete('a', oneOf('1')), []],
  ])('%s whose answer is lost has an unknown outcome, and is not sent again', async (_, write, written) => {
    const before = proxy.lost;
    proxy.loseAnswers(1, (bytes) => bytes.includes(EXECUTE));
    await expect(write()).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: /./ } });
    expect(proxy.lost).toBe(before + 1);
    expect(await rows()).toEqual(written);
    expect(await store.get('a')).toEqual(await postgresStore(admin, options).get('a'));
  });

  test('a read whose answer is lost fails with the error of the driver', async () => {
    proxy.loseAnswers(1, (bytes) => bytes.includes(EXECUTE));
    await expect(store.get('a')).rejects.not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
  });

  test('a write that is aborted while it waits has an unknown outcome', async () => {
    await admin.query('BEGIN; SELECT * FROM notes FOR UPDATE');
    const controller = new AbortController();
    const put = store.put('a', 2, oneOf('1'), { signal: controller.signal });
    await untilBlocked();
    controller.abort(new Error('too slow'));
    await expect(put).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: 'too slow' } });
    await admin.query('ROLLBACK');
    await vi.waitFor(async () => expect(await rows()).toMatchObject([{ value: 2, version: '2' }]), PATIENCE);
  });

  test('a read that is aborted while it waits rejects with the reason', async () => {
    await admin.query('BEGIN; LOCK TABLE notes');
    const controller = new AbortController();
    const get = store.get('a', { signal: controller.signal });
    await untilBlocked();
    controller.abort(new Error('too slow'));
    await expect(get).rejects.toThrow('too slow');
    await admin.query('ROLLBACK');
  });

  test('a write that the server cancels was not written, and fails with its error', async () => {
    await admin.query('BEGIN; SELECT * FROM notes FOR UPDATE');
    const put = store.put('a', 2, oneOf('1')).catch((error: unknown) => error);
    await admin.query('SELECT pg_cancel_backend($1)', [await untilBlocked()]);
    expect(await put).toMatchObject({ code: '57014' });
    await admin.query('ROLLBACK');
    expect(await rows()).toEqual([a]);
  });

  test('a write that takes longer than a statement may was not written, and fails with the error of the server', async () => {
    const { db, end } = open(`${url}?statement_timeout=1000`);
    const hasty = postgresStore<number>(db, options);
    await hasty.get('a');
    await admin.query('BEGIN; SELECT * FROM notes FOR UPDATE');
    await expect(hasty.put('a', 2, oneOf('1'))).rejects.toMatchObject({ code: '57014' });
    await admin.query('ROLLBACK');
    await end();
    expect(await rows()).toEqual([a]);
  });

  test('a write that never gets its lock is contended', async () => {
    const { db, end } = open(`${url}?lock_timeout=1`);
    await admin.query('BEGIN; SELECT * FROM notes FOR UPDATE');
    expect(await postgresStore<number>(db, options).put('a', 2, oneOf('1'))).toEqual({ kind: 'contended' });
    await end();
    await admin.query('ROLLBACK');
    expect(await rows()).toEqual([a]);
  });

  test('a write whose connection is ended by the server has an unknown outcome', async () => {
    await admin.query('BEGIN; SELECT * FROM notes FOR UPDATE');
    const put = store.put('a', 2, oneOf('1')).catch((error: unknown) => error);
    await admin.query('SELECT pg_terminate_backend($1)', [await untilBlocked()]);
    expect(await put).toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    await admin.query('ROLLBACK');
  });

  test.each([
    ['nobody listens', () => url.replace(/:\d+\//, ':1/'), 'ECONNREFUSED'],
    ['there is no such database', () => url.replace(/postgres$/, 'nowhere'), '3D000'],
  ])('where %s nothing was sent: the error of the driver says so', async (_, where, code) => {
    const { db, end } = open(where());
    const nowhere = postgresStore<number>(db, { ...options, version: 'xmin' });
    await expect(nowhere.put('a', 2, any)).rejects.toMatchObject({ code });
    await expect(nowhere.delete('a', any)).rejects.toMatchObject({ code });
    await expect(nowhere.transact((notes) => notes.put('a', 2, any))).rejects.toMatchObject({ code });
    await end();
  });

  /** Waits until a statement waits for a lock; gives the process that runs it. */
  function untilBlocked(): Promise<number> {
    return vi.waitFor(async () => {
      const { rows } = await admin.query("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
      expect(rows).toHaveLength(1);
      return rows[0].pid;
    }, PATIENCE);
  }
});

test.each([
  [{ code: '40001', severity: 'ERROR' }, 'conflict'],
  [{ code: '40P01', severity: 'ERROR' }, 'conflict'],
  [{ code: '55P03', severity: 'FEHLER' }, 'conflict'],
  [{ code: '23505', severity: 'ERROR' }, 'failed'],
  [{ code: '57014', severity: 'ERROR' }, 'failed'],
  [{ code: '25P02', severity: 'ERROR' }, 'failed'],
  [{ code: '53300', severity: 'FATAL' }, 'failed'],
  [{ code: '57P03', severity: 'FATAL' }, 'failed'],
  [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'failed'],
  [{ code: '40003', severity: 'ERROR' }, 'unknown'],
  [{ code: '08006', severity: 'ERROR' }, 'unknown'],
  [{ code: '57P01', severity: 'FATAL' }, 'unknown'],
  // idle_session_timeout, transaction_timeout: the connection is gone, whatever its last statement has come to.
  [{ code: '57P05', severity: 'FATAL' }, 'unknown'],
  [{ code: '25P04', severity: 'FATAL' }, 'unknown'],
  [{ code: '57P02', severity: '致命错误' }, 'unknown'],
  [{ code: '40001', severity: 'FATAL' }, 'unknown'],
  [{ code: 'XX000', severity: 'PANIC' }, 'unknown'],
  [{ code: 'EPIPE', syscall: 'write' }, 'unknown'],
  [{ code: 'CONNECTION_CLOSED' }, 'unknown'],
  [new Error('Connection terminated unexpectedly'), 'unknown'],
  [new DOMException('aborted', 'AbortError'), 'unknown'],
  [undefined, 'unknown'],
])('%o means %s', (error, failure) => {
  expect(postgresFailure(error)).toBe(failure);
});
