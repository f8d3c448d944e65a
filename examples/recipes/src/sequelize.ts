import type { VersionedStore, WriteFailure } from '@etag/concurrency';
import { literal, type Model, type ModelStatic, type Transaction, ValidationError, type WhereOptions } from 'sequelize';
import { failureOf } from './failure.ts';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';
import { insertWhereNoneIs, updateAndRead } from './without-returning.ts';

/**
 * A store on a model of Sequelize's that was defined with `version: true`. Sequelize compares the version in `save()`
 * and `destroy()` of an instance; `Model.update()` neither compares nor counts, and the application must not use it.
 *
 * @param model - of PostgreSQL
 * @param options - `keyType`; `transaction`: the writes become part of it
 */
export function sequelizeStore<Row extends object, Value = Omit<Row, 'id' | 'version'>>(
  model: ModelStatic<Model>,
  { keyType, transaction = null }: Pick<ModelOptions, 'keyType'> & { transaction?: Transaction | null } = {},
): VersionedStore<string, Value> {
  const { primaryKeyAttribute: keyName, options } = model;
  if (!options.version || !keyName) throw new TypeError(`${model.name} needs a primary key, and version: true`);
  const versionName = options.version === true ? 'version' : options.version;
  const only = (key: RowKey, version: number | null): WhereOptions => ({
    [keyName]: key,
    ...(version !== null && { [versionName]: version }),
  });
  const { field = versionName } = model.getAttributes()[versionName] ?? {};
  const counted = literal(`${model.sequelize?.getQueryInterface().quoteIdentifier(field)} + 1`);

  const isInTransaction = () => transaction !== null;
  const rowOf = (key: RowKey) => ({
    versionName,
    find: async () => (await model.findOne({ where: only(key, null), transaction, raw: true })) as Row | null,
    isInTransaction,
    failure,
  });

  /** Within a transaction, by a savepoint: an error of PostgreSQL would end it. */
  async function insert(row: object): Promise<unknown> {
    if (!transaction) return await model.create({ ...row });
    return await model.sequelize?.transaction({ transaction }, (savepoint) =>
      model.create({ ...row }, { transaction: savepoint }),
    );
  }

  return modelStore<Row, Value>(
    { key: keyName, keyType, version: versionName },
    {
      find: (key) => rowOf(key).find(),
      insert: (row, key) => insertWhereNoneIs(rowOf(key), row, () => insert(row)),
      update: (key, members, version) =>
        updateAndRead(rowOf(key), members, version, async (current) => {
          const values = { ...members, [versionName]: counted };
          return (await model.update(values, { where: only(key, current), transaction }))[0];
        }),
      async remove(key, version) {
        return (await model.destroy({ where: only(key, version), transaction })) > 0;
      },
      isInTransaction,
      failure,
    },
  );
}

function failure(error: unknown): WriteFailure {
  // A value that the model does not allow, or a unique one that is taken.
  return error instanceof ValidationError ? 'failed' : failureOf(error);
}
