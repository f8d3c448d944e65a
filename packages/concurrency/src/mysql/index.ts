export type { MysqlConnection, MysqlPool, MysqlPoolConnection } from './connection.ts';
export { mysqlStore } from './store.ts';
export { mysqlTable } from './table.ts';
