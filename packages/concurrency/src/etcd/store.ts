import { Buffer } from 'node:buffer';
import { type CurrentVersion, jsonOf, type Versioned } from '@etag/core';
import { type CompareAndSet, compareAndSetStore, type Seen } from '../compare-and-set.ts';
import { fromJson } from '../json.ts';
import { checkPlace } from '../place.ts';
import type { VersionedStore } from '../store.ts';
import { type EtcdOptions, type Gateway, gateway, wasNotDone } from './gateway.ts';

/** Where a store keeps its values. */
export interface EtcdStoreOptions extends EtcdOptions {
  /** What the keys of the store begin with, and no others: `notes/`, say. */
  prefix: string;
}

/** A key as etcd gives it; integers of 64 bits are strings. */
interface KeyValue {
  readonly mod_revision: string;
  /** Left out where it is empty. */
  readonly value?: string;
}

interface RangeResponse {
  readonly kvs?: readonly [KeyValue];
}

interface TxnResponse {
  readonly header: { readonly revision: string };
  readonly succeeded?: boolean;
  /** What was read since the comparison did not hold. */
  readonly responses?: readonly { readonly response_range?: RangeResponse }[];
}

/** A comparison with the revision at which a key was last written; it is 0 where there is no such key. */
interface Compare {
  readonly result: 'EQUAL' | 'GREATER' | 'LESS';
  readonly mod_revision: string;
}

const ABSENT: Compare = { result: 'EQUAL', mod_revision: '0' };
const PRESENT: Compare = { result: 'GREATER', mod_revision: '0' };
const NEVER: Compare = { result: 'LESS', mod_revision: '0' };

/**
 * A store in etcd: each write is one transaction, agreed upon by a majority of the cluster before it is acknowledged,
 * and every read sees the last of them. Values are kept as JSON, without a modification time. The version is the
 * revision of the cluster at which the value was written, which never comes back.
 *
 * @param options - `endpoints`: the client URLs of the members; `prefix`: what the keys of the store begin with;
 *   `headers` and `fetch` to reach them
 * @returns a store
 * @throws TypeError when there is no endpoint; from the methods, when a key is not well-formed Unicode or a value is not
 *   JSON
 * @throws EtcdError, from the methods, when etcd answers with an error
 * @see https://etcd.io/docs/latest/learning/api/#transaction
 */
export function etcdStore<T>(options: EtcdStoreOptions): VersionedStore<string, T> {
  checkPlace(options, ['prefix'], ['endpoints', 'headers', 'fetch']);
  const { prefix, ...cluster } = options;
  return compareAndSetStore(engineOf<T>(gateway(cluster), prefix));
}

/** The five steps. */
function engineOf<T>({ read, write }: Gateway, prefix: string): CompareAndSet<string, T> {
  const nameOf = (key: string) => toBase64(prefix + key);

  function range(key: string, keys_only: boolean): Promise<RangeResponse> {
    return read('/v3/kv/range', { key: nameOf(key), keys_only });
  }

  /** Does something to a key where the comparison holds; the revision that this made, or what is there instead. */
  async function transaction(name: string, compare: Compare, success: object): Promise<string | Seen | null> {
    const comparison = { key: name, target: 'MOD', ...compare };
    const look = { request_range: { key: name, keys_only: true } };
    const body = { compare: [comparison], success: [success], failure: [look] };
    const { succeeded, header, responses } = await write<TxnResponse>('/v3/kv/txn', body);
    if (succeeded) return header.revision;
    const [found] = responses ?? [];
    return found?.response_range ? { seen: currentOf(found.response_range) } : null;
  }

  function put(key: string, value: T, compare: Compare): Promise<Versioned<T> | Seen | null> {
    const json = jsonOf(value);
    const name = nameOf(key);
    // An entry that is there keeps its lease, if another program gave it one. A new one cannot have any.
    const ignore_lease = compare !== ABSENT;
    const stored = transaction(name, compare, { request_put: { key: name, value: toBase64(json), ignore_lease } });
    return stored.then((made) => (typeof made === 'string' ? { version: made, value: JSON.parse(json) as T } : made));
  }

  return {
    async get(key) {
      const [found] = (await range(key, false)).kvs ?? [];
      return found
        ? {
            version: found.mod_revision,
            value: fromJson(fromBase64(found.value ?? ''), `The value of ${JSON.stringify(key)} in etcd`),
          }
        : null;
    },
    version: (key) => range(key, true).then(currentOf),
    create: (key, value) => put(key, value, ABSENT),
    replace: (key, value, version) => put(key, value, ofVersion(version)),
    async remove(key, version) {
      const name = nameOf(key);
      const made = await transaction(name, ofVersion(version), { request_delete_range: { key: name } });
      return typeof made === 'string' || (made ?? false);
    },
    failure: (error) => (wasNotDone(error) ? 'failed' : 'unknown'),
  };
}

/** The version of the one key that was read; null when the key does not exist. */
function currentOf({ kvs }: RangeResponse): CurrentVersion | null {
  const [key] = kvs ?? [];
  return key ? { version: key.mod_revision } : null;
}

/** A revision as etcd writes it. What else a client may take for a version never is one. */
const REVISION = /^[1-9]\d{0,17}$/;

function ofVersion(version: string | null): Compare {
  if (version === null) return PRESENT;
  return REVISION.test(version) ? { result: 'EQUAL', mod_revision: version } : NEVER;
}

const toBase64 = (text: string) => Buffer.from(text).toString('base64');
const fromBase64 = (base64: string) => Buffer.from(base64, 'base64').toString();
