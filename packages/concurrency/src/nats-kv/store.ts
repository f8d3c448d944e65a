import { jsonOf, type Versioned } from '@etag/core';
import { type CompareAndSet, compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import { fromJson } from '../json.ts';
import { isKnownFailure, knownFailure } from '../known-failure.ts';
import { objectName } from '../object-name.ts';
import { once } from '../once.ts';
import { checkPlace } from '../place.ts';
import type { VersionedStore } from '../store.ts';
import { unless } from '../unless.ts';

/** A `KvEntry`: a value, or the marker that a delete leaves. */
export interface NatsKvEntry {
  /** Its number in the bucket, which counts all writes to all keys. */
  readonly revision: number;
  /** `PUT`, or `DEL` and `PURGE` of a marker. */
  readonly operation: string;
  string(): string;
}

/** What a store asks of the `KvStatus` of a bucket. */
export interface NatsKvStatus {
  readonly streamInfo: { readonly config: { readonly storage: string; readonly mirror?: object | undefined } };
}

/** A `KV` of @nats-io/kv. */
export interface NatsKv {
  get(key: string): Promise<NatsKvEntry | null>;
  put(key: string, value: string, options: { previousSeq: number }): Promise<number>;
  delete(key: string, options: { previousSeq: number }): Promise<void>;
  status(): Promise<NatsKvStatus>;
}

/** Where in the bucket a store keeps its values. */
export interface NatsKvStoreOptions {
  /** What the keys of the store begin with, and no others: `notes.`, say. */
  prefix: string;
}

/**
 * A store in a bucket of NATS KV: each write is one message that expects the last revision of its key. Values are kept as
 * JSON, without a modification time. The version is the revision, which counts the writes to the whole bucket.
 *
 * @param kv - a `KV`, opened with `{ allow_direct: false }` and kept in files; it stays yours
 * @param options - `prefix`: what the keys of the store begin with
 * @returns a store
 * @throws TypeError when it is not a KV, or it may read from a replica that lags behind; from the methods, when the bucket
 *   is kept in memory or mirrors another, or a value is not JSON
 * @see https://docs.nats.io/nats-concepts/jetstream/key-value-store
 */
export function natsKvStore<T>(kv: NatsKv, options: NatsKvStoreOptions): VersionedStore<string, T> {
  checkPlace(options, ['prefix']);
  const { prefix } = options;
  if (!PREFIX.test(prefix)) {
    throw new TypeError(`Not a prefix of keys in NATS: ${JSON.stringify(prefix)}. Give one such as 'notes.'`);
  }
  const { put, status, direct } = Object(kv) as Partial<NatsKv> & { readonly direct?: boolean };
  if (typeof put !== 'function' || typeof status !== 'function') {
    throw new TypeError('Not a bucket of NATS: give the KV that kvm.create() or kvm.open() resolves with');
  }
  if (direct === true) {
    throw new TypeError('This bucket may read from a replica that lags behind: open it with { allow_direct: false }');
  }
  return compareAndSetStore(engineOf<T>(kv, prefix));
}

/** The tokens of a subject, with dots between them. */
const PREFIX = /^([-/=\w]+\.)*[-/=\w]*$/;

/** Whether a value may be written over; null for none. */
type Fit = (value: NatsKvEntry | null) => boolean;

/** The five steps. */
function engineOf<T>(kv: NatsKv, prefix: string): CompareAndSet<string, T> {
  const look = once(() => checkBucket(kv));

  /** The last entry of a key: a value, a marker, or null. */
  async function entryOf(name: string): Promise<NatsKvEntry | null> {
    await look();
    return await kv.get(name);
  }

  async function currentOf(key: string): Promise<NatsKvEntry | null> {
    return valueIn(await entryOf(await keyOf(prefix, key)));
  }

  /**
   * Writes over the last entry of a key, of which the server sees to it that it still is the last one. It cannot tell a
   * value from a marker, which has a revision as well, and no client may write over by that: so each write looks first.
   *
   * @returns what was sent; null where the value does not fit, or the look did not see who came first
   */
  async function write<R>(
    key: string,
    fits: Fit,
    send: (name: string, last: { previousSeq: number }) => Promise<R>,
  ): Promise<R | null> {
    const name = await keyOf(prefix, key);
    for (let lost = -1; ; ) {
      const entry = await unsent(entryOf(name));
      const previousSeq = entry?.revision ?? 0;
      if (previousSeq === lost || !fits(valueIn(entry))) return null;
      const sent = await unless(isWrongSequence, send(name, { previousSeq }));
      if (sent !== null) return sent;
      lost = previousSeq;
    }
  }

  function put(key: string, value: T, fits: Fit): Promise<Versioned<T> | null> {
    const json = jsonOf(value);
    const putting = write(key, fits, (name, last) => kv.put(name, json, last));
    return putting.then((revision) =>
      revision === null ? null : { version: `${revision}`, value: JSON.parse(json) as T },
    );
  }

  return {
    async get(key) {
      const found = await currentOf(key);
      if (!found) return null;
      return {
        version: `${found.revision}`,
        value: fromJson(found.string(), `The value of ${JSON.stringify(key)} in NATS`),
      };
    },
    async version(key) {
      const found = await currentOf(key);
      return found && { version: `${found.revision}` };
    },
    create: (key, value) => put(key, value, (found) => found === null),
    replace: (key, value, version) => put(key, value, ofVersion(version)),
    async remove(key, version) {
      const removed = write(key, ofVersion(version), async (name, last) => {
        await kv.delete(name, last);
        return true;
      });
      return (await removed) ?? false;
    },
    failure: failureOf,
  };
}

/**
 * Where a revision could come back, an old tag would fit another value.
 *
 * @throws TypeError for a bucket that forgets what it counted, or follows another one
 */
async function checkBucket(kv: NatsKv): Promise<void> {
  const { storage, mirror } = (await kv.status()).streamInfo.config;
  if (storage === 'memory') {
    throw new TypeError(
      'This bucket is kept in memory, and after a restart its revisions begin anew: create it with { storage: StorageType.File }',
    );
  }
  if (mirror) throw new TypeError('This bucket mirrors another one, and lags behind it: open the other one');
}

/** What a step before the write gives. Where it fails, nothing was sent. */
async function unsent<R>(step: Promise<R>): Promise<R> {
  try {
    return await step;
  } catch (error) {
    throw knownFailure(error);
  }
}

/** The key in the bucket: letters, digits and `-_/` as they are, and `=20` for a space. Two keys never have one name. */
async function keyOf(prefix: string, key: string): Promise<string> {
  const name = await objectName(prefix, key);
  return prefix + name.slice(prefix.length).replace(/[^-/\w]/g, (other) => (other === '%' ? '=' : escaped(other)));
}

const escaped = (character: string) => `=${character.charCodeAt(0).toString(16).toUpperCase()}`;

const valueIn = (entry: NatsKvEntry | null) => (entry?.operation === 'PUT' ? entry : null);

function ofVersion(version: string | null): Fit {
  return (value) => value !== null && (version === null || `${value.revision}` === version);
}

/** A `JetStreamApiError`, or another error of the client. */
interface ApiError {
  readonly name?: string;
  readonly message?: string;
  readonly cause?: unknown;
  /** What went wrong. */
  readonly code?: unknown;
  /** Like a status of HTTP. */
  readonly status?: number;
}

/** Another revision is the last one; of a cluster, also that it is about to be. */
const WRONG_SEQUENCE: readonly unknown[] = [10071, 10164];

const isWrongSequence = (error: unknown) => WRONG_SEQUENCE.includes((Object(error) as ApiError).code);

/** What the client says before it sends, or after the server found nobody who could have stored it. */
const NOT_STORED: readonly unknown[] = ['InvalidArgumentError', 'JetStreamNotEnabled'];

/** The bucket has no room left. Other failures to store are not alike on all replicas. */
const FULL = 'maximum bytes exceeded';

/**
 * The client sends a write once. The server answers one that it refused with a status of 4xx; where the user may not
 * publish, the client hears of it as the cause of its error.
 *
 * @see https://github.com/nats-io/nats-server/blob/main/server/errors.json
 */
function failureOf(error: unknown): WriteFailure {
  const { name, status = 0, message, cause } = Object(error) as ApiError;
  const isRefused = (status >= 400 && status < 500) || message === FULL || nameOf(cause) === 'PermissionViolationError';
  return isRefused || NOT_STORED.includes(name) || isKnownFailure(error) ? 'failed' : 'unknown';
}

const nameOf = (error: unknown) => (Object(error) as ApiError).name;
