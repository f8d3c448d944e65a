import type { VersionedStore } from '@etag/concurrency';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { failureOf } from './failure.ts';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';

/**
 * A store on a table that Kysely knows, and that has an integer version.
 *
 * @param db - of PostgreSQL or SQLite; a `Transaction` makes the writes part of it
 * @param table - its name
 * @param options - how it names its key and its version
 */
export function kyselyStore<
  DB,
  Table extends keyof DB & string,
  Key extends string = 'id',
  Version extends string = 'version',
  Value = Omit<Selectable<DB[Table]>, Key | Version>,
>(
  db: Kysely<DB> | Transaction<DB>,
  table: Table,
  options: ModelOptions<Key, Version> = {},
): VersionedStore<string, NoInfer<Value>> {
  const { key: keyName = 'id', version: versionName = 'version' }: ModelOptions = options;
  type Row = Record<string, unknown>;
  // The columns are known by their names only.
  const rows = db as unknown as Kysely<Record<string, Row>>;
  const name: string = table;

  return modelStore<Row, Value>(options, {
    find: (key) => rows.selectFrom(name).selectAll().where(keyName, '=', key).executeTakeFirst(),
    insert: (row) =>
      rows
        .insertInto(name)
        .values(row)
        .onConflict((on) => on.column(keyName).doNothing())
        .returningAll()
        .executeTakeFirst(),
    update(key, members, version) {
      const counted = { ...members, [versionName]: sql`${sql.ref(versionName)} + 1` };
      return rows.updateTable(name).set(counted).where(only(key, version)).returningAll().executeTakeFirst();
    },
    async remove(key, version) {
      return (await rows.deleteFrom(name).where(only(key, version)).executeTakeFirst()).numDeletedRows > 0n;
    },
    isInTransaction: () => db.isTransaction,
    failure: failureOf,
  });

  function only(key: RowKey, version: number | null) {
    const isKey = sql<boolean>`${sql.ref(keyName)} = ${key}`;
    return version === null ? isKey : sql<boolean>`${isKey} and ${sql.ref(versionName)} = ${version}`;
  }
}
