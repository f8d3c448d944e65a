import { compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import type { TableOptions } from '../sql/options.ts';
import { engineOf, type RunSqlite } from '../sqlite/engine.ts';
import { type SqliteRow, type SqliteValue, tableOf } from '../sqlite/statements.ts';
import type { VersionedStore } from '../store.ts';

/** A `D1Database`, or a session on one. */
export interface D1 {
  prepare(sql: string): { bind(...parameters: SqliteValue[]): { all(): Promise<{ results: SqliteRow[] }> } };
}

/**
 * A store in a table of a Cloudflare D1 database: each write is one statement. Without `columns` the value is kept as
 * JSON. The table has what `sqliteTable` prints; `modified` is an integer, in ms. D1 has no transactions that span
 * calls, so neither has the store.
 *
 * @param db - the binding, or a session on it
 * @param options - the names of the table and its columns: letters, digits and underscores, no digit first
 * @returns a store
 * @throws TypeError when a name is not an identifier; from the methods, when a key is not well-formed Unicode or a value is
 *   not JSON
 * @see https://developers.cloudflare.com/d1/worker-api/
 */
export function d1Store<T>(db: D1, options: TableOptions<T>): VersionedStore<string, T> {
  const run: RunSqlite = ([sql, parameters]) =>
    db
      .prepare(sql)
      .bind(...parameters)
      .all()
      .then(({ results }) => results);
  return compareAndSetStore(engineOf(tableOf(options), run, run, failureOf));
}

/**
 * SQLite said no when the message ends with its code. D1 sends no write again by itself.
 *
 * @see https://developers.cloudflare.com/d1/observability/debug-d1/
 */
function failureOf(error: unknown): WriteFailure {
  return /: SQLITE_(?!IOERR)\w+( \(extended: \w+\))?$/.test(String(error)) ? 'failed' : 'unknown';
}
