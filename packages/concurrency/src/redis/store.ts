import { type CurrentVersion, type Expectation, jsonOf, OutcomeUnknownError, outcome, refused } from '@etag/core';
import { unlessAborted } from '../abort.ts';
import { fromJson } from '../json.ts';
import { checkPlace } from '../place.ts';
import { type CallOptions, type VersionedStore, versionedStore } from '../store.ts';
import { commandsOf, type Texts } from './client.ts';
import type { Ioredis, NodeRedis } from './drivers.ts';
import { WRITE } from './script.ts';

/** Where in the database a store keeps its values. */
export interface RedisStoreOptions {
  /** What the keys of the store begin with, and no others: `notes:`, say. */
  prefix: string;
}

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
export function redisStore<T>(client: Ioredis | NodeRedis, options: RedisStoreOptions): VersionedStore<string, T> {
  checkPlace(options, ['prefix']);
  const { prefix } = options;
  const { run, read } = commandsOf(client, WRITE);

  async function fields(key: string, names: string[], options: CallOptions | undefined): Promise<Texts> {
    return await unlessAborted(read(prefix + key, names), options?.signal);
  }

  /** Runs the script: what became of the write, and what is stored. */
  async function write(key: string, args: string[], { signal }: CallOptions = {}): Promise<Texts> {
    try {
      return await unlessAborted(run(prefix + key, args), signal);
    } catch (error) {
      // The reason of the signal, which may be any error, says nothing of the write.
      throw signal?.aborted && error === signal.reason ? new OutcomeUnknownError({ cause: error }) : error;
    }
  }

  return versionedStore<string, T>({
    async get(key, options) {
      const [value, ...state] = await fields(key, ['value', 'version', 'modified'], options);
      const current = currentOf(state);
      const what = `The value of ${JSON.stringify(prefix + key)} in Redis`;
      return current && { ...current, value: fromJson<T>(value ?? '', what) };
    },
    version: async (key, options) => currentOf(await fields(key, ['version', 'modified'], options)),
    async put(key, value, expectation, options) {
      const json = jsonOf(value);
      const args = [expectationJson(expectation), crypto.randomUUID(), json];
      const [kind, ...state] = await write(key, args, options);
      const current = currentOf(state);
      if (!current || (kind !== 'created' && kind !== 'updated')) return refused(expectation, current);
      return outcome({ kind, ...current, value: JSON.parse(json) as T });
    },
    async delete(key, expectation, options) {
      const [kind, ...state] = await write(key, [expectationJson(expectation)], options);
      return kind === 'deleted' ? outcome({ kind }) : refused(expectation, currentOf(state));
    },
  });
}

/** What a hash says of itself; null where there is none. */
function currentOf([version, modified]: Texts): CurrentVersion | null {
  if (version == null) return null;
  return { version, modified: modified == null ? undefined : Number(modified) };
}

/** Lone surrogates, which JSON may hold and Lua's reader refuses, are in no version of ours. */
function expectationJson(expectation: Expectation): string {
  return JSON.stringify(expectation, (_, member) =>
    typeof member === 'string' ? member.replace(/\p{Surrogate}/gu, '\ufffd') : member,
  );
}
