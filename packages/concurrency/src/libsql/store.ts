import { unlessAborted } from '../abort.ts';
import { compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import { OutcomeUnknownError } from '../errors.ts';
import type { TableOptions } from '../sql/options.ts';
import { engineOf, type RunSqlite } from '../sqlite/engine.ts';
import { type SqliteRow, type SqliteValue, tableOf } from '../sqlite/statements.ts';
import { isBusy, retryWhileBusy } from '../sqlite/transaction.ts';
import type { TransactionalStore, VersionedStore } from '../store.ts';

/** A statement as @libsql/client takes it. */
interface Statement {
  sql: string;
  args: SqliteValue[];
}

/** A `Transaction` of @libsql/client. */
export interface LibsqlTransaction {
  execute(statement: Statement): Promise<{ rows: SqliteRow[] }>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** A `Client` of @libsql/client. */
export interface LibsqlClient<Tx extends LibsqlTransaction = LibsqlTransaction> {
  execute(statement: Statement): Promise<{ rows: SqliteRow[] }>;
  batch(statements: Statement[], mode: 'write'): Promise<{ rows: SqliteRow[] }[]>;
  transaction(mode: 'write'): Promise<Tx>;
}

/**
 * A store in a table of a libSQL database, a remote one or a file: each write is one statement. Without `columns` the
 * value is kept as JSON. The table has what `sqliteTable` prints; `modified` is an integer, in ms. In a transaction of
 * yours nothing is tried again, and errors are the driver's.
 *
 * @param db - a `Client` of @libsql/client or a `Transaction`; it stays yours. A file that others write to as well is
 *   better opened by the package libsql, for `sqliteStore`; else with a `timeout` that outlasts their locks
 * @param options - the names of the table and its columns: letters, digits and underscores, no digit first
 * @returns a store, on a client with `transact`
 * @throws TypeError when a name is not an identifier; from the methods, when a key is not well-formed Unicode or a value is
 *   not JSON
 * @see https://docs.turso.tech/sdk/ts/reference
 */
export function libsqlStore<T, Tx extends LibsqlTransaction = LibsqlTransaction>(
  db: LibsqlClient<Tx>,
  options: TableOptions<T>,
): TransactionalStore<string, T, Tx>;
export function libsqlStore<T>(db: LibsqlTransaction, options: TableOptions<T>): VersionedStore<string, T>;
export function libsqlStore<T, Tx extends LibsqlTransaction>(
  db: LibsqlClient<Tx> | LibsqlTransaction,
  options: TableOptions<T>,
): VersionedStore<string, T> {
  const table = tableOf(options);
  const storeIn = (transaction: LibsqlTransaction) => {
    const run = executing(transaction);
    return compareAndSetStore(engineOf(table, run, run, () => 'failed'));
  };
  if (!('transaction' in db)) return storeIn(db);
  return {
    ...compareAndSetStore(engineOf(table, executing(db), committing(db), failureOf)),
    transact: (work, options) =>
      retryWhileBusy(() => {
        return transaction(db, (transaction) =>
          unlessAborted(work(storeIn(transaction), transaction), options?.signal),
        );
      }, options),
  };
}

function executing(connection: Pick<LibsqlTransaction, 'execute'>): RunSqlite {
  return ([sql, parameters]) => connection.execute({ sql, args: [...parameters] }).then(({ rows }) => rows);
}

// One statement would do. But of one that found the lock taken, @libsql/client 0.18 leaves a part behind on its connection
// to a file, and then says of the next ones that they are done before they are committed. A batch has a COMMIT, which
// fails then. https://github.com/tursodatabase/libsql-client-ts/issues/352
function committing(client: LibsqlClient): RunSqlite {
  return ([sql, parameters]) =>
    client.batch([{ sql, args: [...parameters] }], 'write').then((results) => results[0]?.rows ?? []);
}

/** Runs some work in a transaction, which is committed, or nothing of it is written. */
async function transaction<Tx extends LibsqlTransaction, R>(
  client: LibsqlClient<Tx>,
  work: (transaction: Tx) => Promise<R>,
): Promise<R> {
  const transaction = await client.transaction('write');
  let committing = false;
  try {
    const result = await work(transaction);
    committing = true;
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback().catch(() => {});
    throw committing && failureOf(error) === 'unknown' ? new OutcomeUnknownError({ cause: error }) : error;
  }
}

/** SQLite's own codes say that nothing was written, but for an error of the disk; any other is of the way there. */
function failureOf(error: unknown): WriteFailure {
  if (isBusy(error)) return 'conflict';
  const { code } = Object(error) as { code?: unknown };
  return /^(SQLITE_(?!IOERR|UNKNOWN)|CLIENT_CLOSED|TRANSACTION_CLOSED)/.test(String(code)) ? 'failed' : 'unknown';
}
