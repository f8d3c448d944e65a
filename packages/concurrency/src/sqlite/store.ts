import { type CurrentVersion, type DeleteOutcome, outcome, type PutOutcome, type Refused } from '@etag/core';
import { refusalOf } from '../current.ts';
import { WriteBlockedError } from '../errors.ts';
import type { Key } from '../key.ts';
import type { TableOptions } from '../sql/options.ts';
import { shapeOf } from '../sql/shape.ts';
import { type Bound, keyPartsOf, type Table, type Writing } from '../sql/table.ts';
import { type CallOptions, type TableStore, type TransactionalTableStore, versionedStore } from '../store.ts';
import { rowsOf } from './engine.ts';
import { schemaQueries, tableFrom } from './schema.ts';
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
    const { columns, indexes, triggers } = schemaQueries(shape);
    opened = tableFrom<T>(shape, { columns: run(columns), indexes: run(indexes), triggers: run(triggers) });
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
  const storeOn = (read: Step<T>, write: Step<T>) => storeOf(run, keyPartsOf(shape), read, write);
  return {
    ...storeOn(read, write),
    async transact(work, call) {
      const table = await retryWhileBusy(open, call);
      return transaction(
        db,
        (inside) => {
          const step: Step<T> = (step) => inside(() => step(table));
          return work(storeOn(step, step), db);
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

/** Runs a statement to its end, and gives its rows. */
type RunNow = (statement: Bound) => unknown[][];

/** Runs a step that reads; or one that reads and writes, as one. */
type Step<T> = <R>(step: (table: Table<T>) => R, call?: CallOptions) => Promise<R>;

/** Each statement is prepared once. */
function runOn(db: SqliteDatabase): RunNow {
  const prepared = new Map<string, SqlitePrepared>();
  return ([sql, parameters]) => {
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    return rowsOf(statement.all(...(parameters as SqliteValue[])));
  };
}

/** What a write came to; contended where the lock could not be had. */
async function unlessBusy<R>(write: Promise<R>): Promise<R | Refused> {
  try {
    return await write;
  } catch (error) {
    if (isBusy(error)) return outcome({ kind: 'contended' });
    throw error;
  }
}

function storeOf<T>(run: RunNow, keyParts: number | null, read: Step<T>, write: Step<T>): TableStore<T> {
  function current(table: Table<T>, key: Key): CurrentVersion | null {
    const [row] = table.keepsKey(key) ? run(table.version(key)) : [];
    return row ? table.currentOf(row) : null;
  }

  /** The row that a statement wrote. */
  function rowOf(statement: Bound): readonly unknown[] {
    const [row, ...others] = run(statement);
    // A migration may have changed what was there when the table was looked at.
    if (others.length > 0) throw new Error('The write would have changed several rows: the key is not unique any more');
    if (!row) throw new WriteBlockedError();
    return row;
  }

  /** What is stored after a write, as the triggers have left it. */
  function stored(table: Table<T>, key: Key, { statement, stored }: Writing<T>) {
    const row = rowOf(statement);
    if (!table.layout.hasTriggers) return stored(row);
    const [left] = run(table.get(key));
    if (!left) throw new WriteBlockedError();
    return table.versionedOf(left);
  }

  function create(table: Table<T>, key: Key, value: T) {
    const insert = table.create(key, value);
    const revival = table.revive(key, value);
    const isKept = revival && run(revival.statement).length > 0;
    if (!isKept) return stored(table, key, insert);
    return table.versionedOf(run(table.get(key))[0] ?? []);
  }

  return versionedStore<Key, T>({
    keyParts,
    get(key, call) {
      return read((table) => {
        const [row] = table.keepsKey(key) ? run(table.get(key)) : [];
        return row ? table.versionedOf(row) : null;
      }, call);
    },
    version: (key, call) => read((table) => current(table, key), call),
    // The one atomic step: reads the version, evaluates the expectation, writes.
    put(key, value, expectation, call) {
      const step = (table: Table<T>): PutOutcome<T> => {
        const found = current(table, key);
        const refusal = refusalOf(expectation, found);
        if (refusal) return refusal;
        return found
          ? outcome({ kind: 'updated', ...stored(table, key, table.replace(key, value, null)) })
          : outcome({ kind: 'created', ...create(table, key, value) });
      };
      return unlessBusy(write(step, call));
    },
    delete(key, expectation, call) {
      const step = (table: Table<T>): DeleteOutcome => {
        const found = current(table, key);
        const refusal = refusalOf(expectation, found);
        if (refusal) return refusal;
        if (found) rowOf(table.remove(key, null));
        return outcome({ kind: found ? 'deleted' : 'missing' });
      };
      return unlessBusy(write(step, call));
    },
    async insert(value, call) {
      const inserted = await write((table) => {
        const writing = table.insert(value);
        const made = table.insertedOf(rowOf(writing.statement), writing);
        const [left] = table.layout.hasTriggers ? run(table.get(made.key)) : [];
        return { ...made, ...(left && table.versionedOf(left)) };
      }, call);
      return outcome({ kind: 'created', ...inserted });
    },
    areAlike: (value, other) => read((table) => table.areAlike(value, other)),
  }) as TableStore<T>;
}
