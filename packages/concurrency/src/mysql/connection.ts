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
