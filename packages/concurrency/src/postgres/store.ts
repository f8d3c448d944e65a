import { unlessAborted } from '../abort.ts';
import { backoff } from '../backoff.ts';
import { openedStore } from '../compare-and-set.ts';
import { once } from '../once.ts';
import type { TableOptions } from '../sql/options.ts';
import { shapeOf } from '../sql/shape.ts';
import { keyPartsOf } from '../sql/table.ts';
import type { TableStore, TransactionalTableStore } from '../store.ts';
import {
  hasTransactions,
  inTransaction,
  type PostgresConnection,
  type PostgresDatabase,
  type Run,
  runOn,
} from './connection.ts';
import { engineOf } from './engine.ts';
import { isConflict } from './errors.ts';
import { readTable } from './schema.ts';
import { transaction } from './transaction.ts';

/**
 * A store in a table of a PostgreSQL database. Each write is one statement, which compares the version and gives the row a
 * new one. Without `columns` a value is kept as JSON, in a table as `postgresTable` prints it.
 *
 * Under a key that its column cannot hold, such as `abc` in one of integers, nothing is stored. With `version: 'xmin'`,
 * for a table without a column for it, the version is the number of the transaction that wrote the row: it has 32 bits,
 * does not outlive a dump and restore, and is the same for all that one transaction writes. On a connection that is in a
 * transaction of yours nothing is tried again, and errors are the driver's.
 *
 * @param db - a `Pool`, `Client` or `PoolClient` of pg, a `Sql` or `TransactionSql` of postgres.js, a `PGlite` or its
 *   `Transaction`; it stays yours
 * @param options - the table and its columns
 * @returns a store; with `transact`, unless it has but one connection, as on a `Client`
 * @throws TypeError for what is not a connection, or for options that are not; from the methods, for a key that its column
 *   cannot hold, or a value that is not JSON
 * @throws Error from the first call, when the store cannot use the table, with what mends it
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
 */
export function postgresStore<T, Tx extends PostgresConnection = PostgresConnection>(
  db: PostgresDatabase<Tx>,
  options: TableOptions<T>,
): TransactionalTableStore<T, Tx>;
export function postgresStore<T>(db: PostgresConnection, options: TableOptions<T>): TableStore<T>;
export function postgresStore<T, Tx extends PostgresConnection>(
  db: PostgresConnection | PostgresDatabase<Tx>,
  options: TableOptions<T>,
): TableStore<T> {
  const keyParts = keyPartsOf(shapeOf(options));
  const run = runOn(db);
  const table = once(() => readTable<T>(run, options));
  const storeOn = (run: Run, isInTransaction: () => boolean) =>
    openedStore(
      once(async () => engineOf(await table(), run, isInTransaction)),
      keyParts,
    );
  const store = storeOn(run, inTransaction(db));
  if (!hasTransactions<Tx>(db)) return store;

  const transact: TransactionalTableStore<T, Tx>['transact'] = async (work, call) => {
    call?.signal?.throwIfAborted();
    await unlessAborted(table(), call?.signal);
    const within = (run: Run, tx: Tx) =>
      work(
        storeOn(run, () => true),
        tx,
      );
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
  return { ...store, transact } as TransactionalTableStore<T, Tx>;
}

/** How often the work of a transaction runs before a conflict is the driver's error. */
const ATTEMPTS = 10;
