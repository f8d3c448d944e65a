import { knownFailure } from '../known-failure.ts';
import type { Bound } from '../sql/table.ts';
import { connectionFor, type StepCall } from '../step-call.ts';
import { isUnprepared } from './errors.ts';

/** Runs a statement, and gives its rows as arrays. Where it is told of a call, it may wait for a connection first. */
export type Run = (statement: Bound, call?: StepCall) => Promise<unknown[][]>;

/** A statement as pg takes it. */
export interface PgQuery {
  readonly text: string;
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

/** A connection of a `Pool` of pg. */
export interface PgPoolClient extends PgClient {
  release(destroy: boolean): void;
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
}

/** A `PGlite`, or the `Transaction` that its `transaction` gives. */
export interface Pglite {
  readonly closed: boolean;
  query(text: string, values: unknown[], options: { rowMode: 'array' }): Promise<{ rows: unknown[] }>;
  exec(text: string): Promise<unknown>;
}

/** A `Pool` of pg. */
interface PgPool extends PgClient {
  connect(): Promise<PgPoolClient>;
}

/** What statements can be sent to. */
export type PostgresConnection = PgClient | PostgresJs | Pglite;

/** What has a connection for each transaction: a `Pool` of pg, a `Sql` of postgres.js; or PGlite, where they queue up. */
export type PostgresDatabase<Tx> =
  | (PgClient & { connect(): Promise<Tx>; readonly totalCount: number })
  | (PostgresJs & { begin(work: (transaction: Tx) => Promise<unknown>): Promise<unknown> })
  | (Pglite & { transaction(work: (transaction: Tx) => Promise<unknown>): Promise<unknown> });

/**
 * Runs statements on a connection. Rows come as arrays: postgres.js may be set to rename columns.
 *
 * @throws TypeError for what is not a connection of a driver that is known
 */
export function runOn(connection: PostgresConnection): Run {
  if (isPostgresJs(connection)) {
    // Unprepared, it would ask for the types of the parameters every time.
    return async ([text, values]) => await connection.unsafe(text, [...values], { prepare: true }).values();
  }
  if (isPglite(connection)) {
    return async ([text, values]) => {
      if (connection.closed) throw knownFailure(new Error('PGlite is closed'));
      return (await connection.query(text, [...values], { rowMode: 'array' })).rows as unknown[][];
    };
  }
  if (isPool(connection) || isPg(connection)) return runOnPg(connection);
  throw new TypeError(
    'Not a connection: give a Pool, a Client or a PoolClient of pg, a Sql of postgres.js or a PGlite. Of Neon, its Pool: its HTTP function has no transactions',
  );
}

/** It is a function, as is the HTTP driver of Neon, which can do neither. */
function isPostgresJs(connection: PostgresConnection): connection is PostgresJs {
  const { unsafe, begin, savepoint } = Object(connection) as Partial<Record<'unsafe' | 'begin' | 'savepoint', unknown>>;
  return isFunction(unsafe) && (isFunction(begin) || isFunction(savepoint));
}

function isPglite(connection: PostgresConnection): connection is Pglite {
  const { exec, query } = Object(connection) as Partial<Pglite>;
  return isFunction(exec) && isFunction(query);
}

/** Other libraries have a `query` as well. */
function isPg(connection: PostgresConnection): connection is PgClient {
  const { query, release, execute, escapeIdentifier } = Object(connection) as Readonly<Record<string, unknown>>;
  return isFunction(query) && (isFunction(escapeIdentifier) || isFunction(release)) && execute === undefined;
}

function isPool(connection: PostgresConnection): connection is PgPool {
  const { query, connect, totalCount } = Object(connection) as Readonly<Record<string, unknown>>;
  return isFunction(query) && isFunction(connect) && typeof totalCount === 'number';
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

/**
 * Prepares statements, which spares a third of the time of a write. A pooler may send each to another server connection,
 * and a migration may change what they give: they were not run then, and are no longer prepared.
 */
function runOnPg(client: PgClient | PgPool): Run {
  let prepares = true;
  const isInTransaction = inTransaction(client);
  const sendFor = (call: StepCall | undefined, statement: Bound, name?: string) =>
    call && isPool(client) ? sendOnOneOf(client, call, statement, name) : send(client, statement, name);
  return (statement, call) => {
    // In a transaction, that error would be the end of it.
    if (!prepares || isInTransaction()) return sendFor(call, statement);
    return sendFor(call, statement, nameOf(statement[0])).catch((error) => {
      if (!isUnprepared(error)) throw error;
      prepares = false;
      return sendFor(call, statement);
    });
  };
}

/**
 * Sends a statement of a call that may be aborted: what the `query` of a pool was given goes out as soon as there is a
 * connection, aborted or not. So the connection is taken first.
 */
async function sendOnOneOf(pool: PgPool, call: StepCall, statement: Bound, name?: string): Promise<unknown[][]> {
  const client = await connectionFor(pool.connect(), (late) => late.release(false), call);
  // As in the pool's own: the error of a statement may be that of its connection, which is not given to others then.
  return await onClient(client, () => send(client, statement, name));
}

/**
 * Runs some work on a client of a pool, which goes back after it.
 *
 * @param isBroken - whether the client is ended instead, where the work failed
 */
export async function onClient<R>(
  client: PgPoolClient,
  work: () => Promise<R>,
  isBroken: () => boolean = () => true,
): Promise<R> {
  // When the connection breaks between two statements the client emits it, and unheard that would end the process.
  const ignore = () => {};
  client.on('error', ignore);
  let ends = false;
  try {
    return await work();
  } catch (error) {
    ends = isBroken();
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(ends);
  }
}

/** Sends a statement, and remembers of its error when a pool had no client to give it to. */
async function send(client: PgClient, [sql, parameters]: Bound, name: string | undefined): Promise<unknown[][]> {
  const values: Sending = Object.assign([...parameters], { sql, isTaken: false });
  const rowMode = 'array';
  const query = name === undefined ? { values, rowMode } : { name, values, rowMode };
  try {
    return (await client.query(Object.defineProperty(query, 'text', TEXT) as typeof query & PgQuery)).rows;
  } catch (error) {
    throw values.isTaken ? error : knownFailure(error);
  }
}

/** The parameters of a statement, which a query and its copies share, and whether a client took it. */
interface Sending extends Array<unknown> {
  readonly sql: string;
  isTaken: boolean;
}

/**
 * The text of a query, which the client that takes the query reads, of itself or of its copy. It is one for all of them: a
 * getter of its own would give every query a hidden class of its own, which costs more than all else that is done here. pg
 * copies a query property by property, so there is none more than it takes.
 */
const TEXT: PropertyDescriptor & ThisType<{ values: Sending }> = {
  enumerable: true,
  configurable: true,
  get() {
    this.values.isTaken = true;
    return this.values.sql;
  },
};

const names = new Map<string, string>();

/** A name that no other process has: behind a pooler it could stand for another statement. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `${text.slice(0, 6)} ${crypto.randomUUID()}`;
  names.set(text, name);
  return name;
}

/** Tells whether a connection is in a transaction, the user's or that of `transact`. */
export function inTransaction(on: PostgresConnection): () => boolean {
  if (isPostgresJs(on)) return () => 'savepoint' in on;
  if (isPglite(on)) return () => 'rollback' in on;
  return () => /[TE]/.test(on.getTransactionStatus?.() ?? '');
}

/** Whether each transaction gets a connection of its own. */
export function hasTransactions<Tx>(db: PostgresConnection | PostgresDatabase<Tx>): db is PostgresDatabase<Tx> {
  return 'begin' in db || 'transaction' in db || 'totalCount' in db;
}
