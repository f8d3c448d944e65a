export { sqliteTable } from '../sqlite/table.ts';
export { type LibsqlClient, type LibsqlTransaction, libsqlStore } from './store.ts';
