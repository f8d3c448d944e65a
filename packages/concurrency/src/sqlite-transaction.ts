import { backoff } from './backoff.js';
import { OutcomeUnknownError } from './errors.js';
import type { CallOptions } from './port.js';

// Why BEGIN IMMEDIATE: it takes the write lock before the version is read. A deferred transaction that reads first and
// writes later is refused with SQLITE_BUSY_SNAPSHOT when somebody wrote in between, whatever the busy timeout.

/** A connection: a `DatabaseSync` of node:sqlite, a `Database` of better-sqlite3, or what is shaped like one. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): { get(...params: (string | number)[]): unknown; run(...params: (string | number)[]): unknown };
  /** node:sqlite's name for whether a transaction is open. */
  readonly isTransaction?: boolean | undefined;
  /** better-sqlite3's name for it. */
  readonly inTransaction?: boolean | undefined;
}

/**
 * Runs a step that reads and writes, as one: all of it happens, or nothing. It is synchronous from BEGIN to COMMIT, so
 * no other request of this process uses the connection meanwhile.
 *
 * @throws OutcomeUnknownError when neither the commit nor the rollback went through
 */
export function atomically<R>(db: SqliteDatabase, step: () => R): R {
  if (db.isTransaction || db.inTransaction) {
    throw new Error('The connection is in a transaction of yours; give the store a connection of its own.');
  }
  db.exec('BEGIN IMMEDIATE');
  let committing = false;
  try {
    const result = step();
    committing = true;
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite may have ended the transaction by itself. Before COMMIT that was a rollback; after, who knows.
    if (!rolledBack(db) && committing) throw new OutcomeUnknownError({ cause: error });
    throw error;
  }
}

function rolledBack(db: SqliteDatabase): boolean {
  try {
    db.exec('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

/** How long to try, in ms: as long as better-sqlite3's own busy timeout. */
const PATIENCE_MS = 5000;

/**
 * Runs a step again for as long as another connection holds the lock. A step that was refused did nothing.
 *
 * @throws the driver's busy error when the time is up, else what the step throws, or the reason of the aborted signal
 */
export async function retryWhileBusy<R>(step: () => R, options: CallOptions | undefined): Promise<R> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let attempt = 0; ; attempt++) {
    options?.signal?.throwIfAborted();
    try {
      return step();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await backoff(attempt);
  }
}

/** Whether a driver says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  const { errcode, code } = Object(error) as { errcode?: unknown; code?: unknown };
  // node:sqlite gives the number, whose low byte is the primary code; better-sqlite3 the name, SQLITE_BUSY_SNAPSHOT say
  return typeof errcode === 'number' ? (errcode & 0xff) === 5 : String(code).startsWith('SQLITE_BUSY');
}
