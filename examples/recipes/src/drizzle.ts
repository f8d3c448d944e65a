import type { VersionedStore } from '@etag/concurrency';
import { and, eq, getTableColumns, type InferSelectModel, sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT, PgTable } from 'drizzle-orm/pg-core';
import type { BaseSQLiteDatabase, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { failureOf } from './failure.ts';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';

// biome-ignore-start lint/suspicious/noExplicitAny: a database with any schema
/** A database of PostgreSQL or SQLite, or a transaction of one. */
type DrizzleDatabase = PgDatabase<any, any, any> | BaseSQLiteDatabase<any, any, any, any>;
// biome-ignore-end lint/suspicious/noExplicitAny: a database with any schema

/**
 * A store on a table of Drizzle's that has an integer version.
 *
 * @param db - of PostgreSQL or SQLite; a transaction makes the writes part of it
 * @param table - as the schema has it
 * @param options - how it names its key and its version
 */
export function drizzleStore<
  Table extends PgTable | SQLiteTable,
  Key extends string = 'id',
  Version extends string = 'version',
  Value = Omit<InferSelectModel<Table>, Key | Version>,
>(db: DrizzleDatabase, table: Table, options: ModelOptions<Key, Version> = {}): VersionedStore<string, Value> {
  const { key: keyName = 'id', version: versionName = 'version' }: ModelOptions = options;
  // Both databases have the same words for what is said here.
  const rows = db as unknown as PgDatabase<PgQueryResultHKT>;
  const pgTable = table as PgTable;
  const { [keyName]: key, [versionName]: version } = getTableColumns(pgTable);
  if (!key || !version) throw new TypeError(`The table has no column ${key ? versionName : keyName}`);
  const only = (own: RowKey, count: number | null) =>
    and(eq(key, own), count === null ? undefined : eq(version, count));
  type Row = Record<string, unknown>;

  return modelStore<Row, Value>(options, {
    find: async (own) => (await rows.select().from(pgTable).where(only(own, null)))[0],
    insert(row) {
      return first(rows.insert(pgTable).values(row).onConflictDoNothing({ target: key }).returning());
    },
    update(own, members, count) {
      const counted = { ...members, [versionName]: sql`${version} + 1` };
      return first(rows.update(pgTable).set(counted).where(only(own, count)).returning());
    },
    async remove(own, count) {
      return (await rows.delete(pgTable).where(only(own, count)).returning({ key })).length > 0;
    },
    // Only a transaction can be rolled back.
    isInTransaction: () => 'rollback' in db,
    failure: failureOf,
  });
}

/**
 * The first row of what a query gives.
 *
 * @throws what a column says of a member that it cannot hold, at once: nothing was sent
 */
function first<Row>(query: PromiseLike<Row[]> & { toSQL(): unknown }): Promise<Row | undefined> {
  query.toSQL();
  return Promise.resolve(query).then(([row]) => row);
}
