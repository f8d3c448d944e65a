import type { Bound } from '../sql/table.ts';
import { connectionFor, type StepCall } from '../step-call.ts';

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

/**
 * Runs a statement: gives its rows, as arrays, or what it wrote. Where it is told of a call, it waits for a connection only
 * until that is aborted.
 */
export type Run = (statement: Bound, call?: StepCall) => Promise<unknown>;

/** What a statement wrote; as text where the driver is told to give large numbers so. */
export interface Written {
  readonly affectedRows: number | string;
  /** The last value of LAST_INSERT_ID(expression). */
  readonly insertId: number | string;
}

/**
 * Runs statements on a connection, or each on one of a pool: where none is to be had, it was not sent.
 *
 * @throws TypeError for what is neither
 */
export function runOn(db: MysqlConnection | MysqlPool): Run {
  if (typeof (Object(db) as { promise?: unknown }).promise === 'function') {
    throw new TypeError('Not a connection of mysql2/promise, but one of mysql2: its promise() gives one');
  }
  if (isPool(db)) {
    return async (statement, call) => {
      const connection = await connectionOf(db, call);
      try {
        return await runOn(connection)(statement);
      } finally {
        connection.release();
      }
    };
  }
  if (typeof (Object(db) as Partial<MysqlConnection>).execute !== 'function') {
    throw new TypeError('Not a connection: give a Pool or a Connection of mysql2/promise');
  }
  return async ([sql, parameters]) => {
    const [result] = await db.execute({ sql, values: [...parameters], rowsAsArray: true, nestTables: false });
    return result;
  };
}

/** A connection of a pool; where none is to be had, nothing was sent. */
export function connectionOf<Tx extends MysqlPoolConnection>(
  pool: MysqlPool<Tx>,
  call: StepCall | undefined,
): Promise<Tx> {
  return connectionFor(pool.getConnection(), (late) => late.release(), call);
}

/** Whether it has a connection for each transaction. */
export function isPool<Tx extends MysqlPoolConnection>(db: MysqlConnection | MysqlPool<Tx>): db is MysqlPool<Tx> {
  return typeof (Object(db) as Partial<MysqlPool>).getConnection === 'function';
}
