export { sqliteStore } from './store.ts';
export { sqliteTable } from './table.ts';
export type { SqliteDatabase } from './transaction.ts';
