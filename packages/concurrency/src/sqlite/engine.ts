import type { CompareAndSet, WriteFailure } from '../compare-and-set.ts';
import type { SqliteRow, SqliteStatement, SqliteTable } from './statements.ts';

/** Runs a statement to its end, and gives its rows. */
export type RunSqlite = (statement: SqliteStatement) => Promise<readonly SqliteRow[]>;

/**
 * A table of SQLite behind a driver that holds no lock between two calls: each write is one statement, which is a
 * transaction of its own.
 *
 * @param failure - what an error says of the write that it ended
 */
export function engineOf<T>(
  table: SqliteTable<T>,
  read: RunSqlite,
  write: RunSqlite,
  failure: (error: unknown) => WriteFailure,
): CompareAndSet<string, T> {
  return {
    get: (key) => first(read(table.get(key)), table.versionedOf),
    version: (key) => first(read(table.version(key)), table.currentOf),
    create: (key, value) => first(write(table.create(key, table.rowOf(value))), table.versionedOf),
    replace: (key, value, version) => first(write(table.replace(key, table.rowOf(value), version)), table.versionedOf),
    remove: (key, version) => write(table.remove(key, version)).then((rows) => rows.length > 0),
    failure,
  };
}

/** What the first row says; null where there is none. */
async function first<R>(rows: Promise<readonly SqliteRow[]>, read: (row: SqliteRow) => R): Promise<R | null> {
  const [row] = await rows;
  return row ? read(row) : null;
}
