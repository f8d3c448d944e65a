export { type R2, type R2Object, type R2StoreOptions, r2Store } from './store.ts';
