import { openedStore, type WriteFailure } from '../compare-and-set.ts';
import { isKnownFailure, knownFailure } from '../known-failure.ts';
import { once } from '../once.ts';
import type { TableOptions } from '../sql/options.ts';
import { shapeOf } from '../sql/shape.ts';
import { type Bound, keyPartsOf } from '../sql/table.ts';
import { engineOf, readTable, rowsOf, type SqliteConnection } from '../sqlite/engine.ts';
import type { SqliteValue } from '../sqlite/transaction.ts';
import type { TableStore } from '../store.ts';

/** A `D1PreparedStatement` with its parameters. */
interface D1Statement {
  all(): Promise<{ results: unknown[] }>;
}

/** A `D1Database`, or a session on one. */
export interface D1 {
  prepare(sql: string): { bind(...parameters: SqliteValue[]): D1Statement };
  batch(statements: D1Statement[]): Promise<{ results: unknown[] }[]>;
}

/**
 * A store in a table of a Cloudflare D1 database: each write is one statement, or one batch where triggers may change what
 * was written. Without `columns` the value is kept as JSON, in a table as `sqliteTable` prints it. D1 has no transactions
 * that span calls, so neither has the store.
 *
 * @param db - the binding, or a session on it
 * @param options - the table and its columns
 * @returns a store
 * @throws TypeError for what is not a D1 database, or for options that are not; from the methods, for a key that its column
 *   cannot hold, or a value that is not JSON or that its columns cannot hold
 * @throws Error from the first call, when the store cannot use the table, with what mends it
 * @see https://developers.cloudflare.com/d1/worker-api/
 */
export function d1Store<T>(db: D1, options: TableOptions<T>): TableStore<T> {
  const { prepare, batch } = Object(db) as Partial<D1>;
  if (typeof prepare !== 'function' || typeof batch !== 'function') {
    throw new TypeError('Not a D1 database: give the binding, such as env.DB, or a session on it');
  }
  const shape = shapeOf(options);
  const connection = connectionOf(db);
  const open = once(async () => engineOf(await readTable<T>(options, connection.read), connection));
  return openedStore(open, keyPartsOf(shape));
}

function connectionOf(db: D1): SqliteConnection {
  const bound = ([sql, parameters]: Bound) => {
    try {
      return db.prepare(sql).bind(...(parameters as SqliteValue[]));
    } catch (error) {
      throw knownFailure(error);
    }
  };
  return {
    read: async (statement) => rowsOf((await bound(statement).all()).results),
    async write(statements) {
      const [only] = statements;
      if (only && statements.length === 1) return [rowsOf((await bound(only).all()).results)];
      return (await db.batch(statements.map(bound))).map(({ results }) => rowsOf(results));
    },
    failure: failureOf,
    isInTransaction: false,
  };
}

/**
 * SQLite refused when the message ends with its code. D1 sends no write again by itself.
 *
 * @see https://developers.cloudflare.com/d1/observability/debug-d1/
 */
function failureOf(error: unknown): WriteFailure {
  if (isKnownFailure(error)) return 'failed';
  return /: SQLITE_(?!IOERR)\w+( \(extended: \w+\))?$/.test(String(error)) ? 'failed' : 'unknown';
}
