import type { VersionedStore, WriteFailure } from '@etag/concurrency';
import { postgresFailure } from '@etag/concurrency/postgres';
import { failureOf } from './failure.ts';
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
  // The client of a transaction has no connection to make or to end.
  const isInTransaction = () => typeof (prisma as { $connect?: unknown }).$connect !== 'function';
  const rowOf = (key: RowKey) => ({
    versionName,
    find: async () => await rows.findUnique({ where: only(key, null) }),
    isInTransaction,
    failure: prismaFailure,
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
    isInTransaction,
    failure: prismaFailure,
  });
}

/** Prisma's error, with what a driver adapter made of that of its driver. */
interface PrismaError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: AdapterError } };
}

interface AdapterError {
  readonly kind?: unknown;
  /** The code of the database; undefined where it is not the database that says it. */
  readonly originalCode?: unknown;
}

/** No such member, or not its type; nobody answers at that address, or lets this one in. */
const NOT_SENT = /^(PrismaClientValidationError|P1000|P1001|P1003|P1010)$/;

/** Of the rows that a statement has given, and of the end of a transaction. */
const AFTERWARDS = /^(P2010|P2023|P2028)$/;

/**
 * What an error says of the statement that it ended, one of Prisma's or of a driver.
 *
 * @see https://www.prisma.io/docs/orm/reference/error-reference#error-codes
 */
export function prismaFailure(error: unknown): WriteFailure {
  const { name, code, meta } = Object(error) as PrismaError;
  const { kind, originalCode, ...rest } = meta?.driverAdapterError?.cause ?? {};
  if (NOT_SENT.test(`${name}`) || NOT_SENT.test(`${code}`)) return 'failed';
  // P2039 is whatever Prisma has no code for: a lock that was waited for in vain, a connection that the server ended.
  if (kind === 'postgres') return postgresFailure(rest);
  // A busy file of SQLite is a timeout of the network to Prisma, P1008.
  if (isBusy(originalCode) || code === 'P2034') return 'conflict';
  if (kind === 'sqlite' && originalCode === undefined) return 'unknown';
  // The error of a pool is the driver's own.
  return /^P2/.test(`${code}`) && !AFTERWARDS.test(`${code}`) ? 'failed' : failureOf(error);
}

/** SQLITE_BUSY and SQLITE_LOCKED, the low byte of a number of SQLite's. States of PostgreSQL have five digits. */
function isBusy(code: unknown): boolean {
  return /^\d{1,4}$/.test(`${code}`) && [5, 6].includes(Number(code) & 0xff);
}
