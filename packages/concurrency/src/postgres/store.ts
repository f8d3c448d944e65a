import { unlessAborted } from '../abort.ts';
import { backoff } from '../backoff.ts';
import { type CompareAndSet, compareAndSetStore } from '../compare-and-set.ts';
import type { TableOptions } from '../sql/options.ts';
import type { CallOptions, TransactionalStore, VersionedStore } from '../store.ts';
import {
  hasTransactions,
  inTransaction,
  type PostgresConnection,
  type PostgresDatabase,
  type PostgresStatement,
  type Run,
  runOn,
} from './connection.ts';
import { isConflict, isUnreadable, postgresFailure } from './errors.ts';
import { readSchema } from './schema.ts';
import { type PostgresTable, tableOf } from './statements.ts';
import { transaction } from './transaction.ts';

/**
 * A store in a table of a PostgreSQL database. Each write is one statement, which compares the version and gives the row
 * the next number of a sequence. Without `columns` a value is kept as JSON, in a table as `postgresTable` prints it.
 *
 * Under a key that its column cannot hold, such as `abc` in one of integers, nothing is stored. With `version: 'xmin'`,
 * for a table without a column for it, the version is the number of the transaction that wrote the row: it has 32 bits,
 * does not outlive a dump and restore, and is the same for all that one transaction writes. On a connection that is in a
 * transaction of yours nothing is tried again, and errors are the driver's.
 *
 * @param db - a `Pool`, `Client` or `PoolClient` of pg, a `Sql` or `TransactionSql` of postgres.js, a `PGlite` or its
 *   `Transaction`; it stays yours
 * @param options - the names of the table and of its columns, in the case in which the catalog has them
 * @returns a store; with `transact`, unless it has but one connection, as on a `Client`
 * @throws TypeError when a name is empty, or names two columns; from the methods, when a key is not well-formed Unicode
 *   or a value is not JSON
 * @throws Error from the writes, when a version could repeat, with the SQL that mends it
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
 */
export function postgresStore<T, Tx extends PostgresConnection = PostgresConnection>(
  db: PostgresDatabase<Tx>,
  options: TableOptions<T>,
): TransactionalStore<string, T, Tx>;
export function postgresStore<T>(db: PostgresConnection, options: TableOptions<T>): VersionedStore<string, T>;
export function postgresStore<T, Tx extends PostgresConnection>(
  db: PostgresConnection | PostgresDatabase<Tx>,
  options: TableOptions<T>,
): VersionedStore<string, T> {
  const run = runOn(db);
  const storeOn = (table: PostgresTable<T>) => compareAndSetStore(engineOf(table, run, () => inTransaction(db)));
  let looked: Promise<Looked<T>> | undefined;

  /** The table, and the store on it, once it was looked at and that went well. */
  function ready(call: CallOptions | undefined): Promise<Looked<T>> {
    call?.signal?.throwIfAborted();
    looked ??= readSchema(run, options).then(
      (isJson) => {
        const table = tableOf(options, isJson);
        return { table, on: storeOn(table) };
      },
      (error) => {
        looked = undefined;
        throw error;
      },
    );
    return unlessAborted(looked, call?.signal);
  }

  const store: VersionedStore<string, T> = {
    ...storeOn(tableOf(options)),
    async put(key, value, expectation, call) {
      return (await ready(call)).on.put(key, value, expectation, call);
    },
    async delete(key, expectation, call) {
      return (await ready(call)).on.delete(key, expectation, call);
    },
  };
  if (!hasTransactions<Tx>(db)) return store;

  const transact: TransactionalStore<string, T, Tx>['transact'] = async (work, call) => {
    const { table } = await ready(call);
    const within = (run: Run, tx: Tx) => work(compareAndSetStore(engineOf(table, run, () => true)), tx);
    for (let tries = 1; ; tries++) {
      call?.signal?.throwIfAborted();
      try {
        return await transaction(db, within, call?.signal);
      } catch (error) {
        if (!isConflict(error) || tries === ATTEMPTS) throw error;
      }
      await backoff(tries);
    }
  };
  return { ...store, transact };
}

/** What the look at a table gave. */
interface Looked<T> {
  readonly table: PostgresTable<T>;
  readonly on: VersionedStore<string, T>;
}

/** How often the work of a transaction runs before a conflict is the driver's error. */
const ATTEMPTS = 10;

/** @param isInTransaction - whether what runs is part of a transaction, whose end decides what becomes of a write */
function engineOf<T>(table: PostgresTable<T>, run: Run, isInTransaction: () => boolean): CompareAndSet<string, T> {
  /** What the row of a key says; null where there is none, or the key is none that the column could hold. */
  async function read<R>(statement: PostgresStatement, of: (row: unknown[]) => R): Promise<R | null> {
    try {
      const [row] = await run(statement);
      return row ? of(row) : null;
    } catch (error) {
      // In a transaction, the error is the end of it.
      if (isInTransaction() || !isUnreadable(error)) throw error;
      return null;
    }
  }
  const version = (key: string) => read(table.version(key), table.currentOf);

  /** What was written; null where there is no row of this version, or could be none. */
  async function written<R>(
    statement: PostgresStatement,
    [key, expected]: [key: string, expected: string | null],
    of: (row: unknown[]) => R,
  ): Promise<R | null> {
    try {
      const [row] = await run(statement);
      return row ? of(row) : null;
    } catch (error) {
      if (isInTransaction() || !isUnreadable(error)) throw error;
      const current = await version(key);
      // There is one, so it was the value that could not be read.
      if (current && (expected === null || expected === current.version)) throw error;
      return null;
    }
  }

  return {
    get: (key) => read(table.get(key), table.versionedOf),
    version,
    create(key, value) {
      const { statement, stored } = table.create(key, value);
      return run(statement).then(([row]) => (row ? stored(row) : null));
    },
    replace(key, value, expected) {
      const { statement, stored } = table.replace(key, value, expected);
      return written(statement, [key, expected], stored);
    },
    remove(key, expected) {
      return written(table.remove(key, expected), [key, expected], () => true).then(Boolean);
    },
    failure: (error) => (isInTransaction() ? 'failed' : postgresFailure(error)),
  };
}
