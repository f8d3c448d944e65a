export { type NatsKv, type NatsKvEntry, type NatsKvStatus, type NatsKvStoreOptions, natsKvStore } from './store.ts';
