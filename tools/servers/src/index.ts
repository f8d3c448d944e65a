export type { Cluster } from './cluster.ts';
export { etcdLeader, startEtcd, startEtcdCluster } from './etcd.ts';
export { type MariadbSettings, startMariadb } from './mariadb.ts';
export { startNginx } from './nginx.ts';
export { type PostgresSettings, startPostgres } from './postgres.ts';
export { type Proxy, startProxy } from './proxy.ts';
export { type RedisSettings, startRedis, startRedisCluster } from './redis.ts';
export { type LocalServer, type Server, Unavailable } from './server.ts';
export { available, killable } from './suite.ts';
