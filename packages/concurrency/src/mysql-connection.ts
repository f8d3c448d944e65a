import { unlessAborted } from './abort.js';
import type { Fate } from './compare-and-set.js';
import { OutcomeUnknownError } from './errors.js';

/** A `Connection` of mysql2/promise. */
export interface MysqlConnection {
  execute(statement: {
    sql: string;
    // biome-ignore lint/suspicious/noExplicitAny: whatever the driver takes
    values: any[];
    rowsAsArray: true;
    nestTables: false;
  }): Promise<readonly [result: unknown, fields: unknown]>;
}

/** A `PoolConnection` of mysql2/promise. */
export interface MysqlPoolConnection extends MysqlConnection {
  beginTransaction(): Promise<unknown>;
  commit(): Promise<unknown>;
  rollback(): Promise<unknown>;
  release(): unknown;
  destroy(): unknown;
}

/** A `Pool` of mysql2/promise. */
export interface MysqlPool<Tx extends MysqlPoolConnection = MysqlPoolConnection> extends MysqlConnection {
  getConnection(): Promise<Tx>;
}

/** A statement and its parameters. */
export type MysqlStatement = readonly [sql: string, parameters: readonly unknown[]];

/** Runs a statement: gives its rows, as arrays, or what it wrote. */
export type Run = (statement: MysqlStatement) => Promise<unknown>;

/** What a statement wrote; as text where the driver is told to give large numbers so. */
export interface Written {
  readonly affectedRows: number | string;
  /** The last value of LAST_INSERT_ID(expression). */
  readonly insertId: number | string;
}

export function runOn(connection: MysqlConnection): Run {
  return ([sql, parameters]) =>
    connection
      .execute({ sql, values: [...parameters], rowsAsArray: true, nestTables: false })
      .then(([result]) => result);
}

/**
 * Runs some work between START TRANSACTION and COMMIT, or ROLLBACK when it throws.
 *
 * @throws OutcomeUnknownError when the commit may or may not have happened; else what the work or the driver throws, or
 *   the reason of the aborted signal
 */
export async function transaction<Tx extends MysqlPoolConnection, R>(
  pool: MysqlPool<Tx>,
  work: (run: Run, connection: Tx) => Promise<R>,
  signal: AbortSignal | undefined,
): Promise<R> {
  const connection = await acquire(pool, signal);
  const send = runOn(connection);
  /** Why no more is sent. */
  let refusal: unknown;
  let committing = false;
  let healthy = true;
  try {
    await connection.beginTransaction();
    const run: Run = async (statement) => {
      if (refusal) throw refusal;
      return send(statement).catch((error) => {
        // The server may have rolled all of it back: what came after would be committed by itself.
        if (isConflict(error)) refusal = error;
        throw error;
      });
    };
    const result = await unlessAborted(work(run, connection), signal);
    if (refusal) throw refusal;
    committing = true;
    await connection.commit();
    return result;
  } catch (error) {
    // A statement that waits for a lock would hold up the ROLLBACK; without its connection, the server rolls back.
    healthy =
      !signal?.aborted &&
      (await connection.rollback().then(
        () => true,
        () => false,
      ));
    throw committing && fateOf(error) === 'unknown' ? new OutcomeUnknownError({ cause: error }) : error;
  } finally {
    refusal = new Error('The transaction is over.');
    if (healthy) connection.release();
    else connection.destroy();
  }
}

/** A connection of the pool; one that comes too late goes back. */
async function acquire<Tx extends MysqlPoolConnection>(pool: MysqlPool<Tx>, signal: AbortSignal | undefined) {
  const acquired = pool.getConnection();
  try {
    return await unlessAborted(acquired, signal);
  } catch (error) {
    acquired.then((connection) => connection.release()).catch(() => {});
    throw error;
  }
}

/** What mysql2 says of a statement that it did not send. */
const NOT_SENT = /^(Pool is closed|No connections available|Queue limit reached)\.$|connection is in closed state$/;

/**
 * The server tells that the connection ends, whatever the statement has come to: ER_NORMAL_SHUTDOWN,
 * ER_SHUTDOWN_COMPLETE, ER_ERROR_DURING_COMMIT, ER_CONNECTION_KILLED, ER_SERVER_ISNT_AVAILABLE,
 * ER_CLIENT_INTERACTION_TIMEOUT. Class 08S is a communication link failure.
 */
const ENDED = [1077, 1079, 1180, 1927, 3168, 4031];

/** ER_LOCK_WAIT_TIMEOUT, and ER_CHECKREAD of MariaDB: somebody else wrote since the snapshot was made. */
const IN_THE_WAY = [1205, 1020];

/**
 * What became of a statement that is a transaction of its own.
 *
 * @see https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
 * @see https://mariadb.com/kb/en/mariadb-error-code-reference/
 */
export function fateOf(error: unknown): Fate {
  const { message, syscall, errno, sqlState, sqlMessage } = Object(error) as Record<string, unknown>;
  // Nobody listens, or nobody is known by that name.
  if (syscall === 'connect' || syscall === 'getaddrinfo' || NOT_SENT.test(String(message))) return 'failed';
  // Only what the server sent has an SQL message.
  if (sqlMessage === undefined || ENDED.includes(Number(errno)) || String(sqlState).startsWith('08S')) return 'unknown';
  return isConflict(error) ? 'retry' : 'failed';
}

/**
 * Whether others were in the way. Class 40 is a transaction rollback: a deadlock, or a conflict with another node of a
 * cluster.
 */
export function isConflict(error: unknown): boolean {
  const { errno, sqlState } = Object(error) as Record<string, unknown>;
  return String(sqlState).startsWith('40') || IN_THE_WAY.includes(Number(errno));
}

/** ER_DUP_ENTRY: a unique index has such a row already. */
export function isDuplicate(error: unknown): boolean {
  return (Object(error) as { errno?: unknown }).errno === 1062;
}

/** ER_TRUNCATED_WRONG_VALUE, ER_CANT_AGGREGATE_2COLLATIONS: what a key that is no number, or not ASCII, may lead to. */
export function isUnreadable(error: unknown): boolean {
  const { errno } = Object(error) as { errno?: unknown };
  return errno === 1292 || errno === 1267;
}
