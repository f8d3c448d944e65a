import { OutcomeUnknownError } from '@etag/core';
import { unlessAborted } from '../abort.ts';
import { openedStore, type WriteFailure } from '../compare-and-set.ts';
import { isOfConnecting } from '../known-failure.ts';
import { once } from '../once.ts';
import type { TableOptions } from '../sql/options.ts';
import { shapeOf } from '../sql/shape.ts';
import { type Bound, keyPartsOf } from '../sql/table.ts';
import { engineOf, readTable, rowsOf, type SqliteConnection } from '../sqlite/engine.ts';
import { isBusy, retryWhileBusy, type SqliteValue } from '../sqlite/transaction.ts';
import type { TableStore, TransactionalTableStore } from '../store.ts';

/** A statement as @libsql/client takes it. */
interface Statement {
  sql: string;
  args: SqliteValue[];
}

/** A `Transaction` of @libsql/client. */
export interface LibsqlTransaction {
  execute(statement: Statement): Promise<{ rows: unknown[] }>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** A `Client` of @libsql/client. */
export interface LibsqlClient<Tx extends LibsqlTransaction = LibsqlTransaction> {
  execute(statement: Statement): Promise<{ rows: unknown[] }>;
  batch(statements: Statement[], mode: 'write'): Promise<{ rows: unknown[] }[]>;
  transaction(mode: 'write'): Promise<Tx>;
}

/**
 * A store in a table of a libSQL database, a remote one or a file: each write is one statement. Without `columns` the
 * value is kept as JSON, in a table as `sqliteTable` prints it. In a transaction of yours nothing is tried again, and
 * errors are the driver's.
 *
 * @param db - a `Client` of @libsql/client or a `Transaction`; it stays yours. A file that others write to as well is
 *   better opened by the package libsql, for `sqliteStore`; else with a `timeout` that outlasts their locks
 * @param options - the table and its columns
 * @returns a store, on a client with `transact`
 * @throws TypeError for what is neither, or for options that are not; from the methods, for a key that its column cannot
 *   hold, or a value that is not JSON or that its columns cannot hold
 * @throws Error from the first call, when the store cannot use the table, with what mends it
 * @see https://docs.turso.tech/sdk/ts/reference
 */
export function libsqlStore<T, Tx extends LibsqlTransaction = LibsqlTransaction>(
  db: LibsqlClient<Tx>,
  options: TableOptions<T>,
): TransactionalTableStore<T, Tx>;
export function libsqlStore<T>(db: LibsqlTransaction, options: TableOptions<T>): TableStore<T>;
export function libsqlStore<T, Tx extends LibsqlTransaction>(
  db: LibsqlClient<Tx> | LibsqlTransaction,
  options: TableOptions<T>,
): TableStore<T> {
  checkClient(db);
  const keyParts = keyPartsOf(shapeOf(options));
  const table = once(() => readTable<T>(options, runOn(db)));
  const storeOn = (connection: SqliteConnection) =>
    openedStore(
      once(async () => engineOf(await table(), connection)),
      keyParts,
    );
  if (!('transaction' in db)) return storeOn(transactionOf(db));
  return {
    ...storeOn(clientOf(db)),
    async transact(work, call) {
      await unlessAborted(table(), call?.signal);
      return retryWhileBusy(() => {
        return transaction(db, (tx) => unlessAborted(work(storeOn(transactionOf(tx)), tx), call?.signal));
      }, call);
    },
  } satisfies TransactionalTableStore<T, Tx>;
}

/** @throws TypeError for anything else */
function checkClient(db: LibsqlClient | LibsqlTransaction): void {
  const { execute, batch, commit } = Object(db) as Partial<LibsqlClient & LibsqlTransaction>;
  if (typeof execute === 'function' && (typeof batch === 'function' || typeof commit === 'function')) return;
  throw new TypeError('Not a client: give a Client of @libsql/client, or a Transaction');
}

const statementOf = ([sql, parameters]: Bound): Statement => ({ sql, args: parameters as SqliteValue[] });

function runOn(db: Pick<LibsqlTransaction, 'execute'>): SqliteConnection['read'] {
  return async (statement) => rowsOf((await db.execute(statementOf(statement))).rows);
}

// One statement would do. But of one that found the lock taken, @libsql/client 0.18 leaves a part behind on its connection
// to a file, and then says of the next ones that they are done before they are committed. A batch has a COMMIT, which
// fails then. https://github.com/tursodatabase/libsql-client-ts/issues/352
function clientOf(client: LibsqlClient): SqliteConnection {
  return {
    read: runOn(client),
    write: async (statements) =>
      (await client.batch(statements.map(statementOf), 'write')).map(({ rows }) => rowsOf(rows)),
    failure: failureOf,
    isInTransaction: false,
  };
}

function transactionOf(transaction: LibsqlTransaction): SqliteConnection {
  const read = runOn(transaction);
  return {
    read,
    async write(statements) {
      const rows: unknown[][][] = [];
      for (const statement of statements) rows.push(await read(statement));
      return rows;
    },
    failure: failureOf,
    isInTransaction: true,
  };
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
  if (isOfConnecting(error)) return 'failed';
  const { code } = Object(error) as { code?: unknown };
  return /^(SQLITE_(?!IOERR|UNKNOWN)|CLIENT_CLOSED|TRANSACTION_CLOSED)/.test(String(code)) ? 'failed' : 'unknown';
}
