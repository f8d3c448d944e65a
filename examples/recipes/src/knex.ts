import type { VersionedStore } from '@etag/concurrency';
import type { Knex } from 'knex';
import { failureOf } from './failure.ts';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';

/**
 * A store on a table that has an integer version, by Knex.
 *
 * @param knex - of PostgreSQL or SQLite; a `Transaction` makes the writes part of it
 * @param table - its name
 * @param options - how it names its key and its version
 */
export function knexStore<Row extends object, Value = Omit<Row, 'id' | 'version'>>(
  knex: Knex,
  table: string,
  options: ModelOptions = {},
): VersionedStore<string, Value> {
  const { key: keyName = 'id', version: versionName = 'version' } = options;
  const only = (key: RowKey, version: number | null) => ({
    [keyName]: key,
    ...(version !== null && { [versionName]: version }),
  });

  return modelStore<Row, Value>(options, {
    find: (key) => knex(table).where(only(key, null)).first(),
    async insert(row) {
      return (await knex(table).insert(row).onConflict(keyName).ignore().returning('*'))[0];
    },
    async update(key, members, version) {
      const counted = { ...members, [versionName]: knex.raw('?? + 1', [versionName]) };
      return (await knex(table).where(only(key, version)).update(counted).returning('*'))[0];
    },
    async remove(key, version) {
      return (await knex(table).where(only(key, version)).delete()) > 0;
    },
    isInTransaction: () => Boolean(knex.isTransaction),
    failure: failureOf,
  });
}
