import { OutcomeUnknownError } from '@etag/core';
import { unlessAborted } from '../abort.ts';
import { backoff } from '../backoff.ts';
import type { CallOptions } from '../store.ts';

// Why BEGIN IMMEDIATE: it takes the write lock before the version is read. A deferred transaction that reads first and
// writes later is refused with SQLITE_BUSY_SNAPSHOT when somebody wrote in between, whatever the busy timeout.

/** A connection: a `DatabaseSync` of node:sqlite, a `Database` of better-sqlite3, or what is shaped like one. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqlitePrepared;
  /** node:sqlite's name for whether a transaction is open. */
  readonly isTransaction?: boolean | undefined;
  /** better-sqlite3's name for it. */
  readonly inTransaction?: boolean | undefined;
}

/** What a column may hold. A driver refuses the rest. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** A prepared statement. */
export interface SqlitePrepared {
  all(...parameters: SqliteValue[]): unknown[];
}

/** Runs steps as part of a transaction that is open. */
export interface Inside {
  read<R>(step: () => R): Promise<R>;
  /** Of a step that throws nothing is written, also where the work goes on after it. */
  write<R>(step: () => R): Promise<R>;
}

/** The connections that are in a transaction of `transact`. */
const held = new WeakSet<SqliteDatabase>();

/**
 * Runs a step that reads and writes, as one: all of it happens, or nothing. It is synchronous from BEGIN to COMMIT, so
 * no other request of this process uses the connection meanwhile.
 *
 * @throws OutcomeUnknownError when neither the commit nor the rollback went through
 */
export function atomically<R>(db: SqliteDatabase, step: () => R): R {
  begin(db);
  let committing = false;
  try {
    const result = step();
    committing = true;
    db.exec('COMMIT');
    return result;
  } catch (error) {
    throw afterRollback(db, error, committing);
  }
}

/**
 * Runs some work that awaits, as one. Meanwhile other calls of stores on this connection find it locked, and so do not
 * become part of the transaction.
 *
 * @throws OutcomeUnknownError when neither the commit nor the rollback went through; the driver's busy error when a lock
 *   could not be had in time
 */
export async function transaction<R>(
  db: SqliteDatabase,
  work: (inside: Inside) => Promise<R>,
  options: CallOptions | undefined,
): Promise<R> {
  await retryWhileBusy(() => {
    begin(db);
    held.add(db);
  }, options);
  let over = false;
  let committing = false;
  const read = async <R>(step: () => R) => {
    options?.signal?.throwIfAborted();
    if (over) throw new Error('The transaction is over.');
    if (isEnded(db)) throw new Error('SQLite has ended the transaction: what came next would be committed by itself.');
    return step();
  };
  try {
    const working = work({ read, write: (step) => read(() => inSavepoint(db, step)) });
    const result = await unlessAborted(working, options?.signal);
    over = true;
    committing = true;
    // A reader may stand in its way for a while, where there is no write-ahead log.
    await retryWhileBusy(() => db.exec('COMMIT'), options);
    return result;
  } catch (error) {
    over = true;
    throw afterRollback(db, error, committing);
  } finally {
    held.delete(db);
  }
}

function begin(db: SqliteDatabase): void {
  refuseIfHeld(db);
  if (db.isTransaction || db.inTransaction) {
    throw new Error('The connection is in a transaction of yours; give the store a connection of its own.');
  }
  db.exec('BEGIN IMMEDIATE');
}

/** Whether no transaction is open, where the driver says. A full disk ends one, and so does RAISE(ROLLBACK). */
function isEnded({ isTransaction, inTransaction }: SqliteDatabase): boolean {
  return isTransaction === false || inTransaction === false;
}

/** Runs a step that writes, within a transaction: all of it happens, or nothing. */
function inSavepoint<R>(db: SqliteDatabase, step: () => R): R {
  db.exec('SAVEPOINT etag_step');
  try {
    return step();
  } catch (error) {
    if (!isEnded(db)) db.exec('ROLLBACK TO etag_step');
    throw error;
  } finally {
    if (!isEnded(db)) db.exec('RELEASE etag_step');
  }
}

/** Refuses a step that would become part of a transaction of `transact`, like one that finds another's lock. */
export function refuseIfHeld(db: SqliteDatabase): void {
  if (held.has(db)) throw Object.assign(new Error('database is locked by transact()'), { code: 'SQLITE_BUSY' });
}

/** Rolls back, and gives the error to throw. */
function afterRollback(db: SqliteDatabase, error: unknown, committing: boolean): unknown {
  try {
    db.exec('ROLLBACK');
    return error;
  } catch {
    // SQLite has ended the transaction by itself. Before COMMIT that was a rollback; after, who knows.
    return committing ? new OutcomeUnknownError({ cause: error }) : error;
  }
}

/** How long to try, in ms: as long as better-sqlite3's own busy timeout. */
const PATIENCE_MS = 5000;

/**
 * Runs a step again for as long as another connection holds the lock. A step that was refused did nothing.
 *
 * @throws the driver's busy error when the time is up, else what the step throws, or the reason of the aborted signal
 */
export async function retryWhileBusy<R>(step: () => R | Promise<R>, options: CallOptions | undefined): Promise<R> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let attempt = 0; ; attempt++) {
    options?.signal?.throwIfAborted();
    try {
      return await step();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await backoff(attempt);
  }
}

/** Connections that share a cache lock single tables of it. */
const LOCKED_SHAREDCACHE = 262;

const BUSY = /^(SQLITE_BUSY|SQLITE_LOCKED_SHAREDCACHE|TRANSACTION_ACTIVE)/;

/** Whether a driver says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const { errcode, code } = Object(error) as { errcode?: unknown; code?: unknown };
  // node:sqlite gives the number, whose low byte is the primary code; better-sqlite3 the name, SQLITE_BUSY_SNAPSHOT say;
  // @libsql/client also a name for its own connections, when transactions hold all of them
  return typeof errcode === 'number'
    ? (errcode & 0xff) === 5 || errcode === LOCKED_SHAREDCACHE
    : BUSY.test(String(code));
}
