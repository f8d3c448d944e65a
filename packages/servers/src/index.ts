export type { Cluster } from './cluster.js';
export { etcdLeader, startEtcd, startEtcdCluster } from './etcd.js';
export { type MariadbSettings, startMariadb } from './mariadb.js';
export { startNginx } from './nginx.js';
export { type PostgresSettings, startPostgres } from './postgres.js';
export { type Proxy, startProxy } from './proxy.js';
export { type RedisSettings, startRedis, startRedisCluster } from './redis.js';
export { type LocalServer, type Server, Unavailable } from './server.js';
export { available, killable } from './suite.js';
