/** A `Redis` or a `Cluster` of ioredis, or what is shaped like one. */
export interface Ioredis {
  evalsha(digest: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(lua: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
  hmget(key: string, ...fields: string[]): Promise<unknown>;
  on(event: 'connect' | 'ready', listener: () => void): unknown;
  readonly isCluster: boolean;
  readonly options: object;
  /** `connect`, then `ready`, while there is a connection. */
  readonly status: string;
}

/** A client, a cluster or a pool of `redis`, or what is shaped like one. */
export interface NodeRedis {
  evalSha(digest: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(lua: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  hmGet(key: string, fields: string[]): Promise<unknown>;
  /** False before `connect()` and after `close()`. */
  readonly isOpen: boolean;
  /** False while there is no connection. */
  readonly isReady?: boolean;
  readonly options?: { disableOfflineQueue?: boolean | undefined } | undefined;
}
