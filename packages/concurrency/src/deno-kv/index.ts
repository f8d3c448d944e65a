export { type DenoKv, type DenoKvAtomic, type DenoKvStoreOptions, denoKvStore } from './store.ts';
