import type { VersionedStore, WriteFailure } from '@etag/concurrency';
import { type ModelOptions, modelStore } from './model.ts';
import type { RowKey } from './row-key.ts';
import { insertWhereNoneIs } from './without-returning.ts';

/** What is used of a model of a Prisma client. */
interface PrismaModel<Row> {
  findUnique(query: { where: object }): PromiseLike<Row | null>;
  createManyAndReturn(query: { data: object; skipDuplicates?: boolean }): PromiseLike<Row[]>;
  create(query: { data: object }): PromiseLike<Row>;
  updateManyAndReturn(query: { where: object; data: object }): PromiseLike<Row[]>;
  deleteMany(query: { where: object }): PromiseLike<{ count: number }>;
}

/** What a store has to know of a model of Prisma's. */
export interface PrismaModelOptions extends ModelOptions {
  /** The provider of the schema. @default 'postgresql' */
  provider?: 'postgresql' | 'sqlite' | undefined;
}

/**
 * A store on a model of Prisma's that has `version Int @default(1)`.
 *
 * @param prisma - a client of PostgreSQL or SQLite; the one that `$transaction` gives makes the writes part of it
 * @param model - its name, as the client has it
 * @param options - how it names its key and its version; `provider`
 */
export function prismaStore<Row extends object, Value = Omit<Row, 'id' | 'version'>>(
  prisma: object,
  model: string,
  options: PrismaModelOptions = {},
): VersionedStore<string, Value> {
  const { key: keyName = 'id', version: versionName = 'version' } = options;
  const rows = (prisma as Record<string, PrismaModel<Row> | undefined>)[model];
  if (!rows) throw new TypeError(`The client has no model ${model}`);
  const only = (key: RowKey, version: number | null) => ({
    [keyName]: key,
    ...(version !== null && { [versionName]: version }),
  });
  const isSqlite = options.provider === 'sqlite';
  const rowOf = (key: RowKey) => ({
    versionName,
    find: async () => await rows.findUnique({ where: only(key, null) }),
    failure: failureOf,
  });

  return modelStore<Row, Value>(options, {
    find: (key) => rowOf(key).find(),
    async insert(row, key) {
      // Prisma skips no duplicates on SQLite, whose transactions go on after an error.
      if (isSqlite) return await insertWhereNoneIs(rowOf(key), row, () => rows.create({ data: row }));
      return (await rows.createManyAndReturn({ data: row, skipDuplicates: true }))[0];
    },
    // Not update(), which reads the row before it writes it.
    async update(key, members, version) {
      const data = { ...members, [versionName]: { increment: 1 } };
      return (await rows.updateManyAndReturn({ where: only(key, version), data }))[0];
    },
    async remove(key, version) {
      return (await rows.deleteMany({ where: only(key, version) })).count > 0;
    },
    // The client of a transaction has no connection to make or to end.
    isInTransaction: () => typeof (prisma as { $connect?: unknown }).$connect !== 'function',
    failure: failureOf,
  });
}

/** @see https://www.prisma.io/docs/orm/reference/error-reference#error-codes */
function failureOf(error: unknown): WriteFailure {
  const { code } = Object(error) as { code?: unknown };
  if (code === 'P2034') return 'conflict';
  // P1xxx are of the connection; P2024 is of the pool, before anything was sent.
  return /^P2/.test(`${code}`) ? 'failed' : 'unknown';
}
