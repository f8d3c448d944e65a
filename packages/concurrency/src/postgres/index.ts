export type { PostgresConnection, PostgresDatabase } from './connection.ts';
export { postgresFailure } from './errors.ts';
export { postgresStore } from './store.ts';
export { postgresTable } from './table.ts';
