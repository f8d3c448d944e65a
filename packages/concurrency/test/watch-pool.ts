import type { MysqlPool, MysqlPoolConnection } from '@etag/concurrency/mysql';
import type { Pool } from 'mysql2/promise';

type Statement = Parameters<MysqlPool['execute']>[0];
type Result = ReturnType<MysqlPool['execute']>;

/** A pool each of whose statements is run by a function: another one than was given, say, or one that is counted. */
export function watchPool(pool: Pool, run: (statement: Statement, execute: MysqlPool['execute']) => Result): MysqlPool {
  return {
    execute: (statement) => run(statement, (other) => pool.execute(other)),
    async getConnection() {
      const connection: MysqlPoolConnection = await pool.getConnection();
      const execute = connection.execute.bind(connection);
      return Object.assign(connection, { execute: (statement: Statement) => run(statement, execute) });
    },
  };
}
