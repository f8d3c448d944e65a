import { unlessAborted } from './abort.js';
import type { Fate } from './compare-and-set.js';
import { OutcomeUnknownError } from './errors.js';
import type { Run } from './postgres-table.js';

/** A statement as pg takes it. */
export interface PgQuery {
  text: string;
  values: unknown[];
  rowMode: 'array';
  name?: string;
}

/** A `Client` of pg, or the `PoolClient` that a transaction runs on. */
export interface PgClient {
  query(query: PgQuery): Promise<{ rows: unknown[][]; command: string }>;
  /** `T` in a transaction, `E` in one that has failed; pg 8.21 and later. */
  getTransactionStatus?(): string | null;
}

/** A `Sql` of postgres.js, or the `TransactionSql` that its `begin` gives. */
export interface PostgresJs {
  unsafe(text: string, values?: unknown[], options?: { prepare?: boolean }): { values(): PromiseLike<unknown[][]> };
}

/** A `PGlite`, or the `Transaction` that its `transaction` gives. */
export interface Pglite {
  query(text: string, values: unknown[], options: { rowMode: 'array' }): Promise<{ rows: unknown[] }>;
  exec(text: string): Promise<unknown>;
}

/** What statements can be sent to. */
export type PostgresConnection = PgClient | PostgresJs | Pglite;

/** What has a connection for each transaction: a `Pool` of pg, a `Sql` of postgres.js; or PGlite, where they queue up. */
export type PostgresDatabase<Tx> =
  | (PgClient & { connect(): Promise<Tx>; readonly totalCount: number })
  | (PostgresJs & { begin(work: (transaction: Tx) => Promise<unknown>): Promise<unknown> })
  | (Pglite & { transaction(work: (transaction: Tx) => Promise<unknown>): Promise<unknown> });

/** Runs statements on a connection. Rows come as arrays: postgres.js may be set to rename columns. */
export function runOn(connection: PostgresConnection): Run {
  if ('unsafe' in connection) {
    // Unprepared, it would ask for the types of the parameters every time.
    return async ([text, values]) => await connection.unsafe(text, values, { prepare: true }).values();
  }
  if ('exec' in connection) {
    return async ([text, values]) => {
      return (await connection.query(text, values, { rowMode: 'array' })).rows as unknown[][];
    };
  }
  return runOnPg(connection);
}

/**
 * Prepares statements, which spares a third of the time of a write. A pooler may send each to another server connection,
 * and a migration may change what they give: they were not run then, and are no longer prepared.
 */
function runOnPg(client: PgClient): Run {
  let prepares = true;
  return async ([text, values]) => {
    const query: PgQuery = { text, values, rowMode: 'array' };
    // In a transaction, that error would be the end of it.
    if (prepares && !inTransaction(client)) {
      try {
        return (await client.query({ ...query, name: nameOf(text) })).rows;
      } catch (error) {
        if (!isUnprepared(error)) throw error;
        prepares = false;
      }
    }
    return (await client.query(query)).rows;
  };
}

const names = new Map<string, string>();

/** A name that no other process has: behind a pooler it could stand for another statement. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `${text.slice(0, 6)} ${crypto.randomUUID()}`;
  names.set(text, name);
  return name;
}

/** Whether a connection is in a transaction, the user's or that of `transact`. */
export function inTransaction(on: PostgresConnection): boolean {
  if ('unsafe' in on) return 'savepoint' in on;
  if ('exec' in on) return 'rollback' in on;
  return /[TE]/.test(on.getTransactionStatus?.() ?? '');
}

/** Whether each transaction gets a connection of its own. */
export function hasTransactions<Tx>(db: PostgresConnection | PostgresDatabase<Tx>): db is PostgresDatabase<Tx> {
  return 'begin' in db || 'transaction' in db || 'totalCount' in db;
}

/**
 * Runs some work between BEGIN and COMMIT, or between BEGIN and ROLLBACK when it throws.
 *
 * @throws OutcomeUnknownError when the commit may or may not have happened; else what the work or the driver throws, or
 *   the reason of the aborted signal
 */
export async function transaction<Tx extends PostgresConnection, R>(
  db: PostgresDatabase<Tx>,
  work: (run: Run, transaction: Tx) => Promise<R>,
  signal: AbortSignal | undefined,
): Promise<R> {
  let isOpen = true;
  let isCommitting = false;
  let isOver = false;
  const bounded = async (transaction: Tx) => {
    const send = runOn(transaction);
    const run: Run = async (statement) => {
      // It would be sent past the transaction, or into one of somebody else.
      if (!isOpen) throw new Error('The transaction is over.');
      return send(statement);
    };
    try {
      signal?.throwIfAborted();
      const result = await unlessAborted(work(run, transaction), signal);
      isCommitting = true;
      return result;
    } finally {
      isOpen = false;
      // The connection was lost while the work went on: postgres.js would now end the transaction of whoever has it next.
      // https://github.com/porsager/postgres/issues/1204
      if (isOver) await new Promise(() => {});
    }
  };
  const ended = begin(db, bounded).finally(() => {
    isOpen = false;
    isOver = true;
  });
  try {
    return await unlessAborted(ended, signal);
  } catch (error) {
    const isUnknown = isCommitting && (error === signal?.reason || postgresFate(error) === 'unknown');
    throw isUnknown ? new OutcomeUnknownError({ cause: error }) : error;
  }
}

async function begin<Tx extends PostgresConnection, R>(
  db: PostgresDatabase<Tx>,
  work: (transaction: Tx) => Promise<R>,
): Promise<R> {
  if ('begin' in db) return (await db.begin(work)) as R;
  if ('transaction' in db) return (await db.transaction(work)) as R;
  return await onClient((await db.connect()) as Tx & PoolClient, work);
}

interface PoolClient extends PgClient {
  release(destroy: boolean): void;
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
}

/** The transaction that the other two drivers have of their own. */
async function onClient<C extends PoolClient, R>(client: C, work: (client: C) => Promise<R>): Promise<R> {
  const command = async (text: string) => (await client.query({ text, values: [], rowMode: 'array' })).command;
  // When the connection breaks between two statements the client emits it, and unheard that would end the process.
  const ignore = () => {};
  client.on('error', ignore);
  let broken = false;
  try {
    await command('BEGIN');
    const result = await work(client);
    // PostgreSQL answers COMMIT with ROLLBACK, and no error, when a statement failed and the work went on.
    if ((await command('COMMIT')) !== 'COMMIT') throw rolledBack();
    return result;
  } catch (error) {
    await command('ROLLBACK').catch(() => (broken = true));
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

/** The error of a statement in a failed transaction (in_failed_sql_transaction), as PGlite has it for COMMIT. */
function rolledBack(): Error {
  const message = 'A statement of the transaction failed, so PostgreSQL rolled it back instead of committing it';
  return Object.assign(new Error(message), { code: '25P02', severity: 'ERROR' });
}

/** Others were there: serialization_failure, deadlock_detected, lock_not_available. */
const CONFLICT = /^(40001|40P01|55P03)$/;

/** There was no connection to send anything on: too_many_connections, cannot_connect_now, and who may connect to what. */
const REFUSED = /^(ECONNREFUSED|ENOTFOUND|53300|57P03|28...|3D000)$/;

/** The connection was lost, the server goes down, or it cannot tell itself: statement_completion_unknown. */
const LOST = /^(08...|57P0.|40003)$/;

/**
 * What became of a statement that failed and is a transaction of its own.
 *
 * @param error - of pg, postgres.js or PGlite
 * @returns unknown unless it is sure that nothing was written
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function postgresFate(error: unknown): Fate {
  const { code, severity } = Object(error) as { code?: unknown; severity?: unknown };
  if (REFUSED.test(`${code}`)) return 'failed';
  // FATAL may come after the commit: a backend that waits for its standbys when it is terminated has written.
  if (!severity || severity === 'FATAL' || severity === 'PANIC' || LOST.test(`${code}`)) return 'unknown';
  return CONFLICT.test(`${code}`) ? 'retry' : 'failed';
}

/** Whether a transaction may go through when it runs again: serialization_failure, deadlock_detected. */
export function isConflict(error: unknown): boolean {
  return /^(40001|40P01)$/.test(codeOf(error));
}

/** Whether PostgreSQL could not read a parameter as its type: it is no integer or uuid, out of range, or has a NUL. */
export function isUnreadable(error: unknown): boolean {
  return /^22(P02|003|021)$/.test(codeOf(error));
}

/** invalid_sql_statement_name, duplicate_prepared_statement, and feature_not_supported: the cached plan has other columns. */
function isUnprepared(error: unknown): boolean {
  return /^(26000|42P05|0A000)$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return String((Object(error) as { code?: unknown }).code);
}
