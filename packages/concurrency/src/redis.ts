import { unlessAborted } from './abort.js';
import { OutcomeUnknownError } from './errors.js';
import type { CurrentVersion, Expectation } from './expectation.js';
import { refused } from './outcome.js';
import { type CallOptions, stateOf, type VersionedStore } from './port.js';
import { commandsOf, type Ioredis, type NodeRedis, type Texts, wasNotRun } from './redis-client.js';
import { checked, toJson } from './row.js';

export type { Ioredis, NodeRedis };

/** Where in the database a store keeps its values. */
export interface RedisStoreOptions {
  /** What the keys of the store begin with, and no others: `notes:`, say. */
  prefix: string;
}

// The one atomic step: the server runs nothing else meanwhile. KEYS[1] is a hash of `version`, `modified` (ms since the
// epoch) and `value`; ARGV the expectation, evaluated as by `holds`, and for a put the new version and the value. The
// answer says what became of the write, and what is stored unless it was deleted.
const WRITE = `
local current, modified = unpack(redis.call('HMGET', KEYS[1], 'version', 'modified'))
local expected, version, value = cjson.decode(ARGV[1]), ARGV[2], ARGV[3]

local function among(versions)
  for _, each in ipairs(versions) do
    if each == current then return true end
  end
  return false
end

local function modified_after(since)
  return modified and math.floor(modified / 1000) * 1000 > since
end

local function holds()
  if not current then return not expected.exists and not expected.oneOf end
  return not expected.absent
    and not (expected.oneOf and not among(expected.oneOf))
    and not (expected.noneOf and among(expected.noneOf))
    and not (expected.unmodifiedSince and modified_after(expected.unmodifiedSince))
end

if not holds() or not (current or value) then return { 'refused', current, modified } end
if not value then
  redis.call('DEL', KEYS[1])
  return { 'deleted' }
end

-- The clock may be set back, or be that of another server; the modification time of a key does not follow.
local time = redis.call('TIME')
local now = string.format('%d', math.max(time[1] * 1000 + math.floor(time[2] / 1000), modified or 0))
redis.call('HSET', KEYS[1], 'version', version, 'modified', now, 'value', value)
return { current and 'updated' or 'created', version, now }
`;

/**
 * A store in Redis or Valkey: each value is a hash, each write one script, also between all processes that share the
 * server. Values are kept as JSON. Every write names its value by a random version, so that none comes back, not even
 * after a failover that lost the last writes.
 *
 * @param client - an open connection, which stays yours: a `Redis` or `Cluster` of ioredis, a client, cluster or pool of
 *   `redis`
 * @param options - `prefix`: what the keys of the store begin with
 * @returns a store; no write is ever `contended`
 * @throws TypeError when the client sends writes again by itself, and says how to open it; from the methods, when a key
 *   is not well-formed Unicode or a value is not JSON
 * @see https://redis.io/docs/latest/develop/programmability/eval-intro/
 */
export function redisStore<T>(client: Ioredis | NodeRedis, { prefix }: RedisStoreOptions): VersionedStore<string, T> {
  const { run, read } = commandsOf(client, WRITE);

  async function fields(key: string, names: string[], { signal }: CallOptions = {}): Promise<Texts> {
    signal?.throwIfAborted();
    return await unlessAborted(read(prefix + checked(key), names), signal);
  }

  /** Runs the script: what became of the write, and what is stored. */
  async function write(key: string, args: string[], { signal }: CallOptions = {}): Promise<Texts> {
    const name = prefix + checked(key);
    signal?.throwIfAborted();
    try {
      return await unlessAborted(run(name, args), signal);
    } catch (error) {
      // The reason of the signal, which may be any error, says nothing of the write.
      if (error !== signal?.reason && wasNotRun(error)) throw error;
      throw new OutcomeUnknownError({ cause: error });
    }
  }

  return {
    async get(key, options) {
      const [value, ...state] = await fields(key, ['value', 'version', 'modified'], options);
      const current = currentOf(state);
      return current && { ...current, value: JSON.parse(value as string) as T };
    },
    async state(key, options) {
      return stateOf(currentOf(await fields(key, ['version', 'modified'], options)));
    },
    async put(key, value, expectation, options) {
      const json = toJson(value);
      const args = [expectationJson(expectation), crypto.randomUUID(), json];
      const [kind, ...state] = await write(key, args, options);
      const current = currentOf(state);
      if (!current || (kind !== 'created' && kind !== 'updated')) return refused(expectation, current);
      return { kind, ...current, value: JSON.parse(json) as T };
    },
    async delete(key, expectation, options) {
      const [kind, ...state] = await write(key, [expectationJson(expectation)], options);
      return kind === 'deleted' ? { kind } : refused(expectation, currentOf(state));
    },
  };
}

/** What a hash says of itself; null where there is none. */
function currentOf([version, modified]: Texts): CurrentVersion | null {
  return version ? { version, modified: modified ? Number(modified) : undefined } : null;
}

/** Lone surrogates, which JSON may hold and Lua's reader refuses, are in no version of ours. */
function expectationJson(expectation: Expectation): string {
  return JSON.stringify(expectation, (_, member) =>
    typeof member === 'string' ? member.replace(/\p{Surrogate}/gu, '\ufffd') : member,
  );
}
