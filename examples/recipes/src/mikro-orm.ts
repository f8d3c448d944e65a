import type { VersionedStore } from '@etag/concurrency';
import type { EntityName, FilterQuery } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { failureOf } from './failure.ts';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';
import { left, updateAndRead } from './without-returning.ts';

/**
 * A store on an entity of MikroORM's that has a property with `version: true`. What the application flushes is compared
 * with the same version: it gets an `OptimisticLockError` where the store came first.
 *
 * @param em - of PostgreSQL or SQLite; that of `em.transactional()` makes the writes part of the transaction
 * @param entity - its class or its schema
 * @param options - `keyType`
 */
export function mikroOrmStore<Row extends object, Value = Omit<Row, 'id' | 'version'>>(
  em: SqlEntityManager,
  entity: EntityName<Row>,
  { keyType }: Pick<ModelOptions, 'keyType'> = {},
): VersionedStore<string, Value> {
  const { primaryKeys, versionProperty: versionName, properties, className } = em.getMetadata().get<Row>(entity);
  const [keyName] = primaryKeys;
  if (!keyName || primaryKeys.length > 1 || !versionName) {
    throw new TypeError(`${className} needs a primary key of one property, and one with version: true`);
  }
  const only = (key: RowKey, version: number | null) =>
    ({ [keyName]: key, ...(version !== null && { [versionName]: version }) }) as FilterQuery<NoInfer<Row>>;
  const names = Object.keys(properties);

  // With an identity map of its own: that of `em` would give the row as it was when it was first read.
  async function find(key: RowKey): Promise<Row | null> {
    const found = await em.fork({ keepTransactionContext: true }).findOne(entity, only(key, null));
    return found && (Object.fromEntries(names.map((name) => [name, found[name as keyof Row]])) as Row);
  }

  const isInTransaction = () => em.isInTransaction();
  const rowOf = (key: RowKey) => ({ versionName, find: () => find(key), isInTransaction, failure: failureOf });

  return modelStore<Row, Value>(
    { key: keyName, keyType, version: versionName },
    {
      find,
      // Not em.insert(), which fails where the key is taken, and so ends the transaction that it is in.
      async insert(row, key) {
        const insert = em
          .createQueryBuilder(entity)
          .insert(row as never)
          .onConflict(keyName as never)
          .ignore();
        return (await insert.execute('run')).affectedRows > 0 ? left(rowOf(key), row) : null;
      },
      update(key, members, version) {
        // It counts by itself; but not where nothing is set.
        const set = Object.keys(members).length > 0 ? members : { [keyName]: key };
        return updateAndRead(rowOf(key), members, version, (current) =>
          em.nativeUpdate(entity, only(key, current), set as never),
        );
      },
      async remove(key, version) {
        return (await em.nativeDelete(entity, only(key, version))) > 0;
      },
      isInTransaction,
      failure: failureOf,
    },
  );
}
