export type { Ioredis, NodeRedis } from './drivers.ts';
export { type RedisStoreOptions, redisStore } from './store.ts';
