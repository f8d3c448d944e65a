import { unlessAborted } from '../abort.ts';
import { backoff } from '../backoff.ts';
import { type CompareAndSet, compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import type { TableOptions } from '../sql/options.ts';
import type { CallOptions, TransactionalStore, VersionedStore } from '../store.ts';
import {
  type MysqlConnection,
  type MysqlPool,
  type MysqlPoolConnection,
  type Run,
  runOn,
  type Written,
} from './connection.ts';
import { isConflict, isDuplicate, isUnreadable, mysqlFailure } from './errors.ts';
import { checkSchema } from './schema.ts';
import { type MysqlTable, tableOf } from './statements.ts';
import { transaction } from './transaction.ts';

/**
 * A store in a table of a MySQL or MariaDB database: each write is one statement. Without `columns` the value is kept as
 * JSON, in a table as `mysqlTable` prints it; `modified` is a DATETIME(3) in UTC. With `columns`, the value that a write
 * gives back is the one it was given: what the columns made of it, such as a rounded number, is seen when it is read.
 *
 * On a connection of yours the store takes part in your transaction: reads lock what they read (FOR UPDATE), nothing is
 * tried again, and errors are the driver's. After a deadlock MySQL has rolled back all of the transaction.
 *
 * @param db - a `Pool` of mysql2/promise, or a `Connection`; it stays yours
 * @param options - the names of the table and its columns: letters, digits and underscores, no digit first
 * @returns a store, on a pool with `transact`
 * @throws TypeError when a name is not an identifier; from the methods, when a key is not well-formed Unicode or a value is
 *   not JSON
 * @throws Error from the first write, when the table or the session would not keep what the store promises
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-transaction-isolation-levels.html
 */
export function mysqlStore<T, Tx extends MysqlPoolConnection = MysqlPoolConnection>(
  db: MysqlPool<Tx>,
  options: TableOptions<T>,
): TransactionalStore<string, T, Tx>;
export function mysqlStore<T>(db: MysqlConnection, options: TableOptions<T>): VersionedStore<string, T>;
export function mysqlStore<T, Tx extends MysqlPoolConnection>(
  db: MysqlPool<Tx> | MysqlConnection,
  options: TableOptions<T>,
): VersionedStore<string, T> {
  const table = tableOf(options);
  const run = runOn(db);
  const isInTransaction = !('getConnection' in db);
  let looked: Promise<void> | undefined;

  /** Looks once, when that goes well. */
  function ready(call: CallOptions | undefined): Promise<void> {
    call?.signal?.throwIfAborted();
    looked ??= checkSchema(run, options, isInTransaction).catch((error) => {
      looked = undefined;
      throw error;
    });
    return unlessAborted(looked, call?.signal);
  }

  function storeOn(engine: CompareAndSet<string, T>): VersionedStore<string, T> {
    const store = compareAndSetStore(engine);
    return {
      ...store,
      async put(key, value, expectation, call) {
        await ready(call);
        return store.put(key, value, expectation, call);
      },
      async delete(key, expectation, call) {
        await ready(call);
        return store.delete(key, expectation, call);
      },
    };
  }

  if (isInTransaction) {
    // Outside of a transaction, the loss of the connection leaves open what became of the statement.
    return storeOn(engineOf(table, run, true, (error) => (mysqlFailure(error) === 'unknown' ? 'unknown' : 'failed')));
  }
  return {
    ...storeOn(engineOf(table, run, false, mysqlFailure)),
    async transact(work, call) {
      await ready(call);
      for (let tries = 1; ; tries++) {
        call?.signal?.throwIfAborted();
        try {
          return await transaction(
            db,
            (run, connection) => work(compareAndSetStore(engineOf(table, run, true, () => 'failed')), connection),
            call?.signal,
          );
        } catch (error) {
          if (!isConflict(error) || tries === ATTEMPTS) throw error;
        }
        await backoff(tries);
      }
    },
  };
}

/** How often the work of a transaction runs before a conflict is the driver's error. */
const ATTEMPTS = 10;

/**
 * @param isInTransaction - whether the statements are part of a transaction. There a plain SELECT sees the snapshot of the first
 *   one, but UPDATE and DELETE see the latest version: so must what tells why they found nothing
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-consistent-read.html
 */
function engineOf<T>(
  table: MysqlTable<T>,
  run: Run,
  isInTransaction: boolean,
  failure: (error: unknown) => WriteFailure,
): CompareAndSet<string, T> {
  /** What the row of a key says; null where there is none, or the key is none that the column could hold. */
  async function first<R>(rows: Promise<unknown>, read: (row: unknown[]) => R): Promise<R | null> {
    try {
      const [row] = (await rows) as unknown[][];
      return row ? read(row) : null;
    } catch (error) {
      if (isUnreadable(error)) return null;
      throw error;
    }
  }
  const version = (key: string) => first(run(table.version(key, isInTransaction)), table.currentOf);

  /** What a statement wrote; null where it found no row, or could not read the key of one. */
  async function written(key: string, writing: Promise<unknown>): Promise<Written | null> {
    try {
      const result = (await writing) as Written;
      return Number(result.affectedRows) > 0 ? result : null;
    } catch (error) {
      if (isUnreadable(error) && !(await version(key))) return null;
      throw error;
    }
  }

  return {
    get: (key) => first(run(table.get(key, isInTransaction)), table.versionedOf),
    version,
    create(key, value) {
      const { statement, stored } = table.create(key, value);
      const insert = async (tries: number) => {
        try {
          await run(statement);
          return stored;
        } catch (error) {
          if (!isDuplicate(error)) throw error;
          if (await version(key)) return null;
          // Another unique column has it; or the key had it, and was deleted since.
          if (tries === 0) throw error;
          return insert(tries - 1);
        }
      };
      return insert(2);
    },
    replace(key, value, version) {
      const { statement, stored } = table.replace(key, value, version);
      return written(key, run(statement)).then((result) => result && stored(result));
    },
    remove: (key, version) => written(key, run(table.remove(key, version))).then(Boolean),
    failure,
  };
}
