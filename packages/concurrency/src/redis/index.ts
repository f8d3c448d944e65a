export type { Ioredis, NodeRedis } from './client.ts';
export { type RedisStoreOptions, redisStore } from './store.ts';
