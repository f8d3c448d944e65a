export { sqliteTable } from '../sqlite/table.ts';
export { type DurableObjectSql, durableObjectStore } from './store.ts';
