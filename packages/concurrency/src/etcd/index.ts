export { EtcdError, type EtcdOptions } from './gateway.ts';
export { type EtcdStoreOptions, etcdStore } from './store.ts';
