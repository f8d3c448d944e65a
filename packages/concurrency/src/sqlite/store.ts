import type { TableOptions } from '../sql/options.ts';
import { shapeOf } from '../sql/shape.ts';
import { keyPartsOf, type Table } from '../sql/table.ts';
import type { TransactionalTableStore } from '../store.ts';
import { rowsOf } from './engine.ts';
import { type RunNow, schemaOf } from './schema.ts';
import { type Step, synchronousStore, tableNow } from './synchronous.ts';
import { sqliteTable } from './table.ts';
import {
  atomically,
  isBusy,
  refuseIfHeld,
  retryWhileBusy,
  type SqliteDatabase,
  type SqlitePrepared,
  type SqliteValue,
  transaction,
} from './transaction.ts';

/**
 * A store in a table of a SQLite database: each write is one transaction, also between processes that share the file.
 * Write-ahead logging (`PRAGMA journal_mode = WAL`) keeps readers and the writer out of each other's way. It is set on the
 * connection, which stays yours, and so is a busy timeout, which stops the event loop for as long: a small one will do,
 * since the store tries again by itself.
 *
 * Without `columns` the value is kept as JSON, in a table that is created if it is not there. With them the table is
 * yours, and has what `sqliteTable` prints.
 *
 * `transact` runs its work on this very connection. Other calls of stores on it wait meanwhile; whatever else uses the
 * connection becomes part of the transaction, so give the store one of its own.
 *
 * @param db - an open connection: a `DatabaseSync` of node:sqlite or a `Database` of better-sqlite3
 * @param options - the table and its columns
 * @returns a store; where the lock could not be had for five seconds, a write is `contended`
 * @throws TypeError for what is not a connection, or for options that are not; from the methods, for a key that its column
 *   cannot hold, or a value that is not JSON or that its columns cannot hold
 * @throws Error when the store cannot use the table, with what mends it
 * @see https://sqlite.org/lang_transaction.html
 */
export function sqliteStore<T>(
  db: SqliteDatabase,
  options: TableOptions<T>,
): TransactionalTableStore<T, SqliteDatabase> {
  checkDatabase(db);
  const shape = shapeOf(options);
  const run = runOn(db);
  let opened: Table<T> | undefined;

  function open(): Table<T> {
    refuseIfHeld(db);
    if (opened) return opened;
    if (!options.columns) db.exec(sqliteTable(options));
    opened = tableNow<T>(shape, run, schemaOf(shape, run));
    return opened;
  }

  try {
    open();
  } catch (error) {
    // Another process is writing just now: the first call, which can wait, opens the table.
    if (!isBusy(error)) throw error;
  }

  const read: Step<T> = (step, call) => retryWhileBusy(() => step(open()), call);
  const write: Step<T> = (step, call) => {
    return retryWhileBusy(() => {
      const table = open();
      return atomically(db, () => step(table));
    }, call);
  };
  const storeOn = (read: Step<T>, write: Step<T>) => synchronousStore(run, keyPartsOf(shape), read, write);
  return {
    ...storeOn(read, write),
    async transact(work, call) {
      const table = await retryWhileBusy(open, call);
      return transaction(
        db,
        (inside) => {
          const read: Step<T> = (step) => inside.read(() => step(table));
          const write: Step<T> = (step) => inside.write(() => step(table));
          return work(storeOn(read, write), db);
        },
        call,
      );
    },
  };
}

/** @throws TypeError for anything else, a promise of a connection for one */
function checkDatabase(db: SqliteDatabase): void {
  const { exec, prepare } = Object(db) as Partial<SqliteDatabase>;
  if (typeof exec === 'function' && typeof prepare === 'function') return;
  throw new TypeError(
    'Not a connection: give a DatabaseSync of node:sqlite, or a Database of better-sqlite3 or libsql',
  );
}

/** Each statement is prepared once. */
function runOn(db: SqliteDatabase): RunNow {
  const prepared = new Map<string, SqlitePrepared>();
  return ([sql, parameters]) => {
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    return rowsOf(statement.all(...(parameters as SqliteValue[])));
  };
}
