import { unlessAborted } from '../abort.ts';
import { backoff } from '../backoff.ts';
import { openedStore } from '../compare-and-set.ts';
import { once } from '../once.ts';
import type { TableOptions } from '../sql/options.ts';
import { shapeOf } from '../sql/shape.ts';
import { keyPartsOf } from '../sql/table.ts';
import type { TableStore, TransactionalTableStore } from '../store.ts';
import {
  isPool,
  type MysqlConnection,
  type MysqlPool,
  type MysqlPoolConnection,
  type Run,
  runOn,
} from './connection.ts';
import { engineOf, type MysqlRuns } from './engine.ts';
import { isConflict, mysqlFailure } from './errors.ts';
import { readTable } from './schema.ts';
import { transaction } from './transaction.ts';

/**
 * A store in a table of a MySQL or MariaDB database: each write is one statement; or one transaction where the row has to
 * be read, since a trigger or the type of a column may make something else of what was written. Without `columns` the
 * value is kept as JSON, in a table as `mysqlTable` prints it. A DATETIME is in UTC.
 *
 * On a connection of yours the store takes part in your transaction: reads lock what they read (FOR UPDATE), nothing is
 * tried again, and errors are the driver's. After a deadlock MySQL has rolled back all of the transaction.
 *
 * @param db - a `Pool` of mysql2/promise, or a `Connection`; it stays yours
 * @param options - the table and its columns
 * @returns a store, on a pool with `transact`
 * @throws TypeError for what is neither, or for options that are not; from the methods, for a key that its column cannot
 *   hold, or a value that is not JSON
 * @throws Error from the first call, when the store cannot use the table or the session, with what mends it
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-transaction-isolation-levels.html
 */
export function mysqlStore<T, Tx extends MysqlPoolConnection = MysqlPoolConnection>(
  db: MysqlPool<Tx>,
  options: TableOptions<T>,
): TransactionalTableStore<T, Tx>;
export function mysqlStore<T>(db: MysqlConnection, options: TableOptions<T>): TableStore<T>;
export function mysqlStore<T, Tx extends MysqlPoolConnection>(
  db: MysqlPool<Tx> | MysqlConnection,
  options: TableOptions<T>,
): TableStore<T> {
  const keyParts = keyPartsOf(shapeOf(options));
  const run = runOn(db);
  const table = once(() => readTable<T>(run, options, !isPool(db)));
  const storeOn = (runs: MysqlRuns) =>
    openedStore(
      once(async () => engineOf(await table(), runs)),
      keyParts,
    );
  if (!isPool(db)) {
    // Outside of a transaction, the loss of the connection leaves open what became of the statement.
    const failure = (error: unknown) => (mysqlFailure(error) === 'unknown' ? 'unknown' : 'failed');
    return storeOn({ run, together: (work) => work(run), failure, isInTransaction: true });
  }
  const within = (run: Run): MysqlRuns => {
    return { run, together: (work) => work(run), failure: () => 'failed', isInTransaction: true };
  };
  return {
    ...storeOn({
      run,
      together: (work, call) => transaction(db, work, undefined, call),
      failure: mysqlFailure,
      isInTransaction: false,
    }),
    async transact(work, call) {
      call?.signal?.throwIfAborted();
      await unlessAborted(table(), call?.signal);
      for (let tries = 1; ; tries++) {
        call?.signal?.throwIfAborted();
        try {
          return await transaction(db, (run, connection) => work(storeOn(within(run)), connection), call?.signal);
        } catch (error) {
          if (!isConflict(error) || tries === ATTEMPTS) throw error;
        }
        await backoff(tries);
      }
    },
  } satisfies TransactionalTableStore<T, Tx>;
}

/** How often the work of a transaction runs before a conflict is the driver's error. */
const ATTEMPTS = 10;
