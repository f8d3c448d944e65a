import { isUnprepared } from './errors.ts';

/** A statement and its parameters. */
export type PostgresStatement = readonly [text: string, parameters: unknown[]];

/** Runs a statement, and gives its rows as arrays. */
export type Run = (statement: PostgresStatement) => Promise<unknown[][]>;

/** A statement as pg takes it. */
export interface PgQuery {
  text: string;
  values: unknown[];
  rowMode: 'array';
  name?: string;
}

/** A `Client` of pg, or the `PoolClient` that a transaction runs on. */
export interface PgClient {
  query(query: PgQuery): Promise<{ rows: unknown[][]; command: string }>;
  /** `T` in a transaction, `E` in one that has failed; pg 8.21 and later. */
  getTransactionStatus?(): string | null;
}

/** A `Sql` of postgres.js, or the `TransactionSql` that its `begin` gives. */
export interface PostgresJs {
  unsafe(text: string, values?: unknown[], options?: { prepare?: boolean }): { values(): PromiseLike<unknown[][]> };
}

/** A `PGlite`, or the `Transaction` that its `transaction` gives. */
export interface Pglite {
  query(text: string, values: unknown[], options: { rowMode: 'array' }): Promise<{ rows: unknown[] }>;
  exec(text: string): Promise<unknown>;
}

/** What statements can be sent to. */
export type PostgresConnection = PgClient | PostgresJs | Pglite;

/** What has a connection for each transaction: a `Pool` of pg, a `Sql` of postgres.js; or PGlite, where they queue up. */
export type PostgresDatabase<Tx> =
  | (PgClient & { connect(): Promise<Tx>; readonly totalCount: number })
  | (PostgresJs & { begin(work: (transaction: Tx) => Promise<unknown>): Promise<unknown> })
  | (Pglite & { transaction(work: (transaction: Tx) => Promise<unknown>): Promise<unknown> });

/** Runs statements on a connection. Rows come as arrays: postgres.js may be set to rename columns. */
export function runOn(connection: PostgresConnection): Run {
  if ('unsafe' in connection) {
    // Unprepared, it would ask for the types of the parameters every time.
    return async ([text, values]) => await connection.unsafe(text, values, { prepare: true }).values();
  }
  if ('exec' in connection) {
    return async ([text, values]) => {
      return (await connection.query(text, values, { rowMode: 'array' })).rows as unknown[][];
    };
  }
  return runOnPg(connection);
}

/**
 * Prepares statements, which spares a third of the time of a write. A pooler may send each to another server connection,
 * and a migration may change what they give: they were not run then, and are no longer prepared.
 */
function runOnPg(client: PgClient): Run {
  let prepares = true;
  return async ([text, values]) => {
    const query: PgQuery = { text, values, rowMode: 'array' };
    // In a transaction, that error would be the end of it.
    if (prepares && !inTransaction(client)) {
      try {
        return (await client.query({ ...query, name: nameOf(text) })).rows;
      } catch (error) {
        if (!isUnprepared(error)) throw error;
        prepares = false;
      }
    }
    return (await client.query(query)).rows;
  };
}

const names = new Map<string, string>();

/** A name that no other process has: behind a pooler it could stand for another statement. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `${text.slice(0, 6)} ${crypto.randomUUID()}`;
  names.set(text, name);
  return name;
}

/** Whether a connection is in a transaction, the user's or that of `transact`. */
export function inTransaction(on: PostgresConnection): boolean {
  if ('unsafe' in on) return 'savepoint' in on;
  if ('exec' in on) return 'rollback' in on;
  return /[TE]/.test(on.getTransactionStatus?.() ?? '');
}

/** Whether each transaction gets a connection of its own. */
export function hasTransactions<Tx>(db: PostgresConnection | PostgresDatabase<Tx>): db is PostgresDatabase<Tx> {
  return 'begin' in db || 'transaction' in db || 'totalCount' in db;
}
