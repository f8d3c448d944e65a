import { createHash } from 'node:crypto';

/** A `Redis` or a `Cluster` of ioredis, or what is shaped like one. */
export interface Ioredis {
  evalsha(digest: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(lua: string, keys: number, ...keysAndArguments: string[]): Promise<unknown>;
  hmget(key: string, ...fields: string[]): Promise<unknown>;
  readonly isCluster: boolean;
  readonly options: object;
}

/** A client, a cluster or a pool of `redis`, or what is shaped like one. */
export interface NodeRedis {
  evalSha(digest: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(lua: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  hmGet(key: string, fields: string[]): Promise<unknown>;
}

/** What a server answers: bulk strings, null for what is not there. */
export type Texts = (string | null)[];

/** What a store asks of a server, in one form for both drivers. */
export interface Commands {
  /** Runs the script on one key, so that a cluster knows the node. */
  run(key: string, args: string[]): Promise<Texts>;
  /** Reads fields of a hash, null where there is none. */
  read(key: string, fields: string[]): Promise<Texts>;
}

/**
 * The commands of a client.
 *
 * @param client - an open connection, which stays the caller's
 * @param lua - the script
 * @throws TypeError when the client would send a write again by itself
 */
export function commandsOf(client: Ioredis | NodeRedis, lua: string): Commands {
  refuseToResend(client);
  const digest = createHash('sha1').update(lua).digest('hex');
  if ('evalSha' in client) {
    return {
      async run(key, args) {
        const call = { keys: [key], arguments: args };
        return texts(await client.evalSha(digest, call).catch(unknownScript(() => client.eval(lua, call))));
      },
      read: async (key, fields) => texts(await client.hmGet(key, fields)),
    };
  }
  return {
    async run(key, args) {
      const byText = unknownScript(() => client.eval(lua, 1, key, ...args));
      return texts(await client.evalsha(digest, 1, key, ...args).catch(byText));
    },
    read: async (key, fields) => texts(await client.hmget(key, ...fields)),
  };
}

/** Runs a script by its text where the server does not know it by its digest, and so has run nothing. */
function unknownScript(byText: () => Promise<unknown>): (error: Error) => Promise<unknown> {
  return (error) => {
    if (!error.message.startsWith('NOSCRIPT')) throw error;
    return byText();
  };
}

/** A reply, whether the driver is set to give text or bytes. */
function texts(reply: unknown): Texts {
  return (reply as unknown[]).map((item) => (item === null ? null : String(item)));
}

// A write that was sent and not answered may have been run. Sent again, it meets what it wrote itself, or what others made
// of that since: it is told that its version is stale, or, where it expects nothing, it overwrites them. The script cannot
// know; the client must not do it (docs/decisions/010).
function refuseToResend(client: Ioredis | NodeRedis): void {
  const advice = 'evalSha' in client ? adviceForRedis(client) : adviceForIoredis(client);
  if (advice)
    throw new TypeError(`After a lost connection this client sends again what may be done already: ${advice}`);
}

function adviceForRedis(client: NodeRedis): string | null {
  const sentinel = 'getSentinelNode' in client || 'release' in client;
  return sentinel ? 'use a Redis of ioredis for Sentinel, with { maxRetriesPerRequest: 0 }' : null;
}

function adviceForIoredis({ isCluster, options }: Ioredis): string | null {
  const { maxRetriesPerRequest, retryDelayOnFailover, clusterNodeRetryStrategy, redisOptions }: Resending = options;
  if (!isCluster) return maxRetriesPerRequest === 0 ? null : 'open it with { maxRetriesPerRequest: 0 }';
  if (retryDelayOnFailover !== 0) return 'open it with { retryDelayOnFailover: 0 }';
  const nodes = clusterNodeRetryStrategy && redisOptions?.maxRetriesPerRequest !== 0;
  return nodes ? 'open it with { redisOptions: { maxRetriesPerRequest: 0 } }' : null;
}

/** The options of ioredis that say what is sent again. */
interface Resending {
  maxRetriesPerRequest?: number | null;
  retryDelayOnFailover?: number;
  clusterNodeRetryStrategy?: unknown;
  redisOptions?: { maxRetriesPerRequest?: number | null };
}

/** What the drivers call an error that the server sent, which has then run nothing. */
const REPLIES = ['ReplyError', 'SimpleError', 'BlobError'];

/** What they say of a command that they have not sent. */
const NOT_SENT = /^The client is (closed|offline)$|enableOfflineQueue options is false$/;

/** Whether a script that was rejected with this error has certainly not been run. */
export function wasNotRun(error: unknown): boolean {
  return error instanceof Error && (REPLIES.includes(error.constructor.name) || NOT_SENT.test(error.message));
}
