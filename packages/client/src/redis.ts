import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { sectionIn } from './key.ts';
import type { ResponseStore } from './port.ts';
import { parseStored } from './stored-shape.ts';

/** A `Redis` or a `Cluster` of ioredis, or what is shaped like one. */
export interface Ioredis {
  callBuffer(command: string, args: (string | Buffer)[]): Promise<unknown>;
  /** The nodes of a cluster. */
  nodes?(role: 'master'): Ioredis[];
}

/** A client or a pool of `redis`, or what is shaped like one. */
export interface NodeRedis {
  sendCommand(args: (string | Buffer)[], options: { typeMapping: { 36: typeof Buffer } }): Promise<unknown>;
}

/** Where a store keeps its keys, and for how long. */
export interface RedisStoreOptions {
  /** What the names of its keys begin with. @default 'etag:' */
  prefix?: string | undefined;
  /** How long a resource is kept after it was last stored or validated, in ms. @default 7 days */
  ttl?: number | undefined;
}

const WEEK_MS = 7 * 86_400_000;

/** How long it is remembered that a key was deleted, in ms: longer than any response is on its way. */
const REMEMBERED_MS = 3_600_000;

// KEYS: the metadata and the content of a resource, each a hash by id; the time when it was deleted.

// ARGV: ttl, id, metadata, content, when it was requested, then the ids that it replaces
const PUT = `
if tonumber(redis.call('GET', KEYS[3]) or '0') > tonumber(ARGV[5]) then return redis.status_reply('OK') end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
for i = 6, #ARGV do
  redis.call('HDEL', KEYS[1], ARGV[i])
  redis.call('HDEL', KEYS[2], ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return redis.status_reply('OK')`;

// ARGV: ttl, id, metadata
const FRESHEN = `
if redis.call('HEXISTS', KEYS[1], ARGV[2]) == 1 then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
return redis.status_reply('OK')`;

// ARGV: token
const UNLOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return redis.status_reply('OK')`;

// ARGV: now, how long to remember it
const DELETE = `
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('SET', KEYS[4], ARGV[1], 'PX', ARGV[2])
return redis.status_reply('OK')`;

/**
 * A store on a Redis server, which a fleet shares: what one has read, the others validate.
 *
 * @param client - an open connection of ioredis or redis, which stays the caller's
 * @param options - the prefix of its keys, and how long they live
 * @returns the store
 * @throws TypeError when `ttl` is not a positive integer
 */
export function redisStore(client: Ioredis | NodeRedis, options?: RedisStoreOptions): ResponseStore {
  const { prefix = 'etag:', ttl = WEEK_MS } = options ?? {};
  // Redis would refuse it once the values are there, and these would stay for ever.
  if (!(Number.isSafeInteger(ttl) && ttl > 0)) throw new TypeError(`ttl is ${ttl}; it is a positive integer of ms`);
  const send = sender(client);
  const run = (lua: string, keys: string[], args: (string | Buffer)[]) =>
    send(['EVAL', lua, String(keys.length), ...keys, ...args]);
  // Braces: a cluster keeps what has the same name between them on the same node.
  const metadata = (key: string) => `${prefix}{${key}}`;
  const content = (key: string) => `${metadata(key)}:content`;
  const lock = (key: string) => `${metadata(key)}:lock`;
  const cleared = (section: string) => `${prefix}${section}:cleared`;
  const deleted = (key: string) => `${metadata(key)}:deleted`;
  async function remove(key: string): Promise<void> {
    const keys = [metadata(key), content(key), lock(key), deleted(key)];
    await run(DELETE, keys, [String(Date.now()), String(REMEMBERED_MS)]);
  }

  return {
    async list(key) {
      const values = (await send(['HVALS', metadata(key)])) as Buffer[];
      return values.map((json) => parseStored(String(json)));
    },
    async payload(key, id) {
      return (await send(['HGET', content(key), id])) as Buffer | null;
    },
    async put(key, response, payload, replaces) {
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      const { id, requested } = response;
      const args = [String(ttl), id, JSON.stringify(response), bytes, String(requested), ...replaces];
      await run(PUT, [metadata(key), content(key), deleted(key)], args);
      // It may be on another node than the key, and its section have been cleared meanwhile: so it is looked at afterwards.
      const time = await send(['GET', cleared(sectionIn(key))]);
      if (Number(String(time ?? 0)) > requested) await remove(key);
    },
    async freshen(key, response) {
      const args = [String(ttl), response.id, JSON.stringify(response)];
      await run(FRESHEN, [metadata(key), content(key)], args);
    },
    delete: remove,
    async clear(section) {
      await send(['SET', cleared(section), String(Date.now()), 'PX', String(REMEMBERED_MS)]);
      const begin = `${prefix}{${section} `;
      for await (const name of namesOf(client, begin)) {
        const key = name.slice(prefix.length + 1, -1);
        if (name === metadata(key)) await remove(key);
      }
    },
    async lock(key, ms) {
      const token = randomUUID();
      const locked = await send(['SET', lock(key), token, 'NX', 'PX', String(ms)]);
      if (locked === null) return null;
      return async () => {
        await run(UNLOCK, [lock(key)], [token]);
      };
    },
  };
}

/** The names of keys that begin with a text, on all nodes. */
async function* namesOf(client: Ioredis | NodeRedis, begin: string): AsyncGenerator<string> {
  const pattern = `${begin.replace(/[\\*?[\]^-]/g, '\\$&')}*`;
  for (const node of 'nodes' in client && client.nodes ? client.nodes('master') : [client]) {
    const send = sender(node);
    let cursor = '0';
    do {
      const [next, names] = (await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000'])) as [Buffer, Buffer[]];
      cursor = String(next);
      for (const name of names) yield String(name);
    } while (cursor !== '0');
  }
}

/** Sends a command, and gives strings back as the bytes they are. */
function sender(client: Ioredis | NodeRedis): (args: (string | Buffer)[]) => Promise<unknown> {
  if ('callBuffer' in client) return ([command, ...args]) => client.callBuffer(String(command), args);
  // RESP's bulk string
  const typeMapping = { 36: Buffer } as const;
  return (args) => client.sendCommand(args, { typeMapping });
}
