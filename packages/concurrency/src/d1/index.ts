export { sqliteTable } from '../sqlite/table.ts';
export { type D1, d1Store } from './store.ts';
