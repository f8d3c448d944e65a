import type { VersionedStore, WriteFailure } from '@etag/concurrency';
import { EntityPropertyNotFoundError, type FindOptionsWhere, type ObjectLiteral, type Repository } from 'typeorm';
import { failureOf } from './failure.ts';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';
import { insertWhereNoneIs, updateAndRead } from './without-returning.ts';

/**
 * A store on an entity of TypeORM's that has a `@VersionColumn`.
 *
 * The application must not `save()` entities that it read before: TypeORM does not compare the version then, and
 * overwrites. It writes by `repository.update({ id, version }, …)`, which counts, or saves under a pessimistic lock.
 *
 * @param repository - of a `DataSource` of PostgreSQL or SQLite; that of the manager of a transaction makes the writes
 *   part of it
 * @param options - `keyType`
 */
export function typeormStore<Row extends ObjectLiteral, Value = Omit<Row, 'id' | 'version'>>(
  repository: Repository<Row>,
  { keyType }: Pick<ModelOptions, 'keyType'> = {},
): VersionedStore<string, Value> {
  const { primaryColumns, versionColumn, name } = repository.metadata;
  const [primary] = primaryColumns;
  if (!primary || primaryColumns.length > 1 || !versionColumn) {
    throw new TypeError(`${name} needs a primary column, one, and a @VersionColumn`);
  }
  const [keyName, versionName] = [primary.propertyName, versionColumn.propertyName];
  const only = (key: RowKey, version: number | null) =>
    ({ [keyName]: key, ...(version !== null && { [versionName]: version }) }) as FindOptionsWhere<Row>;
  const find = (key: RowKey) => repository.findOneBy(only(key, null));
  const isInTransaction = () => repository.manager.queryRunner?.isTransactionActive ?? false;
  const rowOf = (key: RowKey) => ({ versionName, find: () => find(key), isInTransaction, failure });

  /** Within a transaction, by a savepoint: an error of PostgreSQL would end it. */
  async function insert(row: Row): Promise<void> {
    if (!isInTransaction()) await repository.insert(row);
    else await repository.manager.transaction((manager) => manager.insert(repository.target, row));
  }

  return modelStore<Row, Value>(
    { key: keyName, keyType, version: versionName },
    {
      find,
      insert: (row, key) => insertWhereNoneIs(rowOf(key), row, () => insert(row)),
      // It counts by itself.
      update: (key, members, version) =>
        updateAndRead(rowOf(key), members, version, async (current) => {
          return (await repository.update(only(key, current), members)).affected;
        }),
      async remove(key, version) {
        return Boolean((await repository.delete(only(key, version))).affected);
      },
      isInTransaction,
      failure,
    },
  );
}

function failure(error: unknown): WriteFailure {
  // A member that the entity does not have: no SQL was made of it.
  return error instanceof EntityPropertyNotFoundError ? 'failed' : failureOf(error);
}
