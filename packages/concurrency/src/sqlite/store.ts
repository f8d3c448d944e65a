import { type CurrentVersion, type Expectation, outcome, type PutOutcome, type Refused } from '@etag/core';
import { refusalOf } from '../current.ts';
import type { TableOptions } from '../sql/options.ts';
import { type CallOptions, type TransactionalStore, type VersionedStore, versionedStore } from '../store.ts';
import { type SqliteRow, type SqliteStatement, type SqliteTable, type SqliteValue, tableOf } from './statements.ts';
import { sqliteTable } from './table.ts';
import {
  atomically,
  isBusy,
  refuseIfHeld,
  retryWhileBusy,
  type SqliteDatabase,
  type SqlitePrepared,
  transaction,
} from './transaction.ts';

/**
 * A store in a table of a SQLite database: each write is one transaction, also between processes that share the file.
 * Write-ahead logging (`PRAGMA journal_mode = WAL`) keeps readers and the writer out of each other's way, and a busy
 * timeout spares retries: both are set on the connection, which stays yours.
 *
 * Without `columns` the value is kept as JSON, in a table that is created if it is not there. With them the table is
 * yours, and has what `sqliteTable` prints; `modified` is an integer, in ms.
 *
 * `transact` runs its work on this very connection. Other calls of stores on it wait meanwhile; whatever else uses the
 * connection becomes part of the transaction, so give the store one of its own.
 *
 * @param db - an open connection: a `DatabaseSync` of node:sqlite or a `Database` of better-sqlite3
 * @param options - the names of the table and its columns: letters, digits and underscores, no digit first
 * @returns a store; where the lock could not be had for five seconds, a write is `contended`
 * @throws TypeError when a name is not an identifier; from the methods, when a key is not well-formed Unicode or a value is
 *   not JSON
 * @throws the driver's error, when the table cannot be created, or lacks a column
 * @see https://sqlite.org/lang_transaction.html
 */
export function sqliteStore<T>(
  db: SqliteDatabase,
  options: TableOptions<T>,
): TransactionalStore<string, T, SqliteDatabase> {
  const table = tableOf(options);
  const row = rowsOf(db);
  let opened = false;

  function open(): void {
    refuseIfHeld(db);
    if (opened) return;
    if (!options.columns) db.exec(sqliteTable(options));
    row(table.get(''));
    opened = true;
  }

  try {
    open();
  } catch (error) {
    // Another process is writing just now: the first call, which can wait, opens the table.
    if (!isBusy(error)) throw error;
  }

  const read: Read = (step, call) =>
    retryWhileBusy(() => {
      open();
      return step();
    }, call);

  const write: Write = async (step, call) => {
    try {
      return await retryWhileBusy(() => {
        open();
        return atomically(db, step);
      }, call);
    } catch (error) {
      if (isBusy(error)) return outcome({ kind: 'contended' });
      throw error;
    }
  };

  return {
    ...storeOn(table, row, read, write),
    async transact(work, call) {
      await retryWhileBusy(open, call);
      return transaction(db, (inside) => work(storeOn(table, row, inside, inside), db), call);
    },
  };
}

/** The first row that a statement gives. */
type Row = (statement: SqliteStatement) => SqliteRow | undefined;

/** Runs a step that reads. */
type Read = <R>(step: () => R, call?: CallOptions) => Promise<R>;

/** Runs a step that reads and writes, as one. */
type Write = <R>(step: () => R, call?: CallOptions) => Promise<R | Refused>;

/** Each statement is prepared once. One that writes is for a transaction: its COMMIT says so when it fails. */
function rowsOf(db: SqliteDatabase): Row {
  const prepared = new Map<string, SqlitePrepared>();
  return ([sql, parameters]) => {
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    return statement.get(...parameters) as SqliteRow | undefined;
  };
}

function storeOn<T>(table: SqliteTable<T>, row: Row, read: Read, write: Write): VersionedStore<string, T> {
  function current(key: string): CurrentVersion | null {
    const found = row(table.version(key));
    return found ? table.currentOf(found) : null;
  }

  /** The one atomic step: reads the version, evaluates the expectation, writes. */
  function step<R>(key: string, expectation: Expectation, apply: (isThere: boolean) => R): R | Refused {
    const found = current(key);
    return refusalOf(expectation, found) ?? apply(found !== null);
  }

  function apply(key: string, next: SqliteValue[], isThere: boolean): PutOutcome<T> {
    const written = row(isThere ? table.replace(key, next, null) : table.create(key, next));
    if (!written) throw new TypeError(`The column of the key takes ${JSON.stringify(key)} for another one`);
    return outcome({ kind: isThere ? 'updated' : 'created', ...table.versionedOf(written) });
  }

  return versionedStore<string, T>({
    get(key, call) {
      return read(() => {
        const found = row(table.get(key));
        return found ? table.versionedOf(found) : null;
      }, call);
    },
    version: (key, call) => read(() => current(key), call),
    async put(key, value, expectation, call) {
      const next = table.rowOf(value);
      return write(() => step(key, expectation, (isThere) => apply(key, next, isThere)), call);
    },
    async delete(key, expectation, call) {
      const remove = () => outcome({ kind: row(table.remove(key, null)) ? 'deleted' : 'missing' });
      return write(() => step(key, expectation, remove), call);
    },
  });
}
