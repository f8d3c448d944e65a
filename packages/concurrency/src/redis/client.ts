import { createHash } from 'node:crypto';
import { OutcomeUnknownError } from '@etag/core';
import type { Ioredis, NodeRedis } from './drivers.ts';
import { adviceAgainstResending } from './resending.ts';

/** What a server answers: bulk strings, null for what is not there. */
export type Texts = (string | null)[];

/** What a store asks of a server, in one form for both drivers. */
export interface Commands {
  /**
   * Runs the script on one key, so that a cluster knows the node.
   *
   * @throws OutcomeUnknownError when the script may or may not have run
   */
  run(key: string, args: string[]): Promise<Texts>;
  /** Reads fields of a hash, null where there is none. */
  read(key: string, fields: string[]): Promise<Texts>;
}

/**
 * The commands of a client.
 *
 * @param client - an open connection, which stays the caller's
 * @param lua - the script
 * @throws TypeError when it is not a client, or would send a write again by itself
 */
export function commandsOf(client: Ioredis | NodeRedis, lua: string): Commands {
  const driver = driverOf(client, lua);
  const advice = adviceAgainstResending(client);
  if (advice) {
    throw new TypeError(`After a lost connection this client sends again what may be done already: ${advice}`);
  }

  async function run(key: string, args: string[]): Promise<Texts> {
    const maySend = driver.watchSending();
    try {
      return texts(await runScript(key, args));
    } catch (error) {
      throw maySend() && errorCode(error) === null ? new OutcomeUnknownError({ cause: error }) : error;
    }
  }

  /** By its digest, and by its text where the server does not know that, and so has run nothing. */
  async function runScript(key: string, args: string[]): Promise<unknown> {
    try {
      return await driver.runByDigest(key, args);
    } catch (error) {
      if (errorCode(error) !== 'NOSCRIPT') throw error;
      return driver.runByText(key, args);
    }
  }

  return { run, read: async (key, fields) => texts(await driver.read(key, fields)) };
}

/** What differs between the two drivers. */
interface Driver {
  runByDigest(key: string, args: string[]): Promise<unknown>;
  runByText(key: string, args: string[]): Promise<unknown>;
  read(key: string, fields: string[]): Promise<unknown>;
  /** Begins to watch the connection: whether a command that was given to the client since then may have been sent. */
  watchSending(): () => boolean;
}

function driverOf(client: Ioredis | NodeRedis, lua: string): Driver {
  const digest = createHash('sha1').update(lua).digest('hex');
  if (isNodeRedis(client)) {
    return {
      runByDigest: (key, args) => client.evalSha(digest, { keys: [key], arguments: args }),
      runByText: (key, args) => client.eval(lua, { keys: [key], arguments: args }),
      read: (key, fields) => client.hmGet(key, fields),
      watchSending() {
        // One that is queued may be sent as soon as there is a connection, before the client calls itself ready.
        const isRefused = !client.isOpen || (client.isReady === false && client.options?.disableOfflineQueue === true);
        return () => !isRefused;
      },
    };
  }
  if (isIoredis(client)) {
    const connections = connectionsOf(client);
    return {
      runByDigest: (key, args) => client.evalsha(digest, 1, key, ...args),
      runByText: (key, args) => client.eval(lua, 1, key, ...args),
      read: (key, fields) => client.hmget(key, ...fields),
      watchSending() {
        const before = connections.count;
        const isConnected = client.status === 'connect' || client.status === 'ready';
        // What is queued while there is no connection is sent when there is one.
        return () => isConnected || connections.count !== before;
      },
    };
  }
  throw new TypeError('Not a client: give a Redis or a Cluster of ioredis, or a client, a cluster or a pool of redis');
}

const counted = new WeakMap<Ioredis, { count: number }>();

/** How often a client got a connection since the first store on it was opened. */
function connectionsOf(client: Ioredis): { readonly count: number } {
  const known = counted.get(client);
  if (known) return known;
  const connections = { count: 0 };
  counted.set(client, connections);
  for (const event of ['connect', 'ready'] as const) client.on(event, () => connections.count++);
  return connections;
}

function isNodeRedis(client: Ioredis | NodeRedis): client is NodeRedis {
  return typeof (Object(client) as Partial<NodeRedis>).evalSha === 'function';
}

function isIoredis(client: Ioredis | NodeRedis): client is Ioredis {
  const { evalsha, status } = Object(client) as Partial<Ioredis>;
  return typeof evalsha === 'function' && typeof status === 'string';
}

/** A reply, whether the driver is set to give text or bytes. */
function texts(reply: unknown): Texts {
  return (reply as unknown[]).map((item) => (item === null ? null : String(item)));
}

/**
 * The code of an error that the server sent, such as READONLY or OOM: it has then run nothing, or has undone nothing, since
 * the script writes last. The errors of the drivers begin with a word of a sentence.
 *
 * @returns null for an error of the driver
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
function errorCode(error: unknown): string | null {
  const { message, code } = Object(error) as { message?: unknown; code?: unknown };
  // What Node.js says of a socket has a code; OpenSSL's messages begin with a number.
  return code === undefined ? (/^([A-Z]{2,})(?= |$)/.exec(String(message))?.[1] ?? null) : null;
}
