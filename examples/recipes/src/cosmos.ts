import type { Container, ItemDefinition, RequestOptions } from '@azure/cosmos';
import { type CompareAndSet, compareAndSetStore, type VersionedStore, type WriteFailure } from '@etag/concurrency';

// Not run against Cosmos DB, nor against Microsoft's emulator, which cannot be had for the tests. They run it by the real
// client on a server that others have written for their own tests, @vercel/cosmosdb-server. It knows If-Match, and keeps
// items in memory; it has no regions, no consistency levels and no throttling.

/** What a store has to know of a container. */
export interface CosmosOptions {
  /** The partition of all values, as `{ tenant: 'a' }`. @default the container is partitioned by `/id` */
  partition?: Readonly<Record<string, string>> | undefined;
}

/**
 * A store in a container of Cosmos DB: a write is one request with `If-Match`, and the version is the item's `_etag`,
 * which Cosmos makes anew with every write, so that what others write is guarded as well.
 *
 * The client sends a write once more only where it was throttled (429), and so not done. An id has at most 255 characters
 * and neither `/`, `\`, `?` nor `#`.
 *
 * What it can lose: with several write regions, two of them accept a write of one version, and the last one wins: write in
 * one region. Use strong consistency, or one client for all that the store does: with less, a look after a refused write
 * may be old, and a `stale` write ends in WriteBlockedError.
 *
 * @param container - of a client with `contentResponseOnWriteEnabled`, as it is unless told otherwise
 * @param options - the partition
 */
export function cosmosStore<Value extends object>(
  container: Container,
  { partition }: CosmosOptions = {},
): VersionedStore<string, Value> {
  return compareAndSetStore(engineOf<Value>(container, partition));
}

/** The members that Cosmos adds to an item. */
const OF_COSMOS = ['_etag', '_rid', '_self', '_attachments', '_ts'];

function engineOf<Value extends object>(
  container: Container,
  partition: CosmosOptions['partition'],
): CompareAndSet<string, Value> {
  const [partitionValue] = Object.values(partition ?? {});
  const itemOf = (key: string) => container.item(key, partitionValue ?? key);
  const own = ['id', ...Object.keys(partition ?? {}), ...OF_COSMOS];

  /** An item without what is not the value's; what a client says of that is left out as well. */
  function membersOf(item: object): Value {
    return Object.fromEntries(Object.entries(item).filter(([name]) => !own.includes(name))) as Value;
  }
  const rowOf = (key: string, value: Value) => ({ ...membersOf(value), ...partition, id: key });
  const versionedOf = (item: ItemDefinition) => ({ version: versionIn(item), value: membersOf(item) });

  async function find(key: string) {
    if (!isId(key)) return null;
    const { resource } = await itemOf(key).read<ItemDefinition>();
    return resource ? versionedOf(resource) : null;
  }

  return {
    get: find,
    version: find,
    create(key, value) {
      // Thrown at once: nothing was sent.
      if (!isId(key)) throw new TypeError(`${JSON.stringify(key)} cannot be the id of an item`);
      const created = container.items.create<ItemDefinition>(rowOf(key, value));
      return unless([CONFLICT], created, ({ resource }) => resource && versionedOf(resource));
    },
    async replace(key, value, version) {
      const condition = onlyIf(version);
      if (!isId(key) || !condition) return null;
      const replaced = itemOf(key).replace<ItemDefinition>(rowOf(key, value), condition);
      return unless([NOT_FOUND, PRECONDITION_FAILED], replaced, ({ resource }) => resource && versionedOf(resource));
    },
    async remove(key, version) {
      const condition = onlyIf(version);
      if (!isId(key) || !condition) return false;
      const removed = itemOf(key).delete(condition);
      return (await unless([NOT_FOUND, PRECONDITION_FAILED], removed, () => true)) ?? false;
    },
    failure: failureOf,
  };
}

const NOT_FOUND = 404;
const CONFLICT = 409;
const PRECONDITION_FAILED = 412;
const TIMEOUT = 408;
const RETRY_WITH = 449;

/** What a request gave; null where it failed with one of these statuses. */
async function unless<Response, Result>(
  statuses: readonly number[],
  request: Promise<Response>,
  of: (response: Response) => Result | undefined,
): Promise<Result | null> {
  try {
    const result = of(await request);
    if (result === undefined) throw new Error('Cosmos DB answered a write without the item');
    return result;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return null;
    throw error;
  }
}

/** Whether a text can be the id of an item. */
const isId = (key: string) => /^[^/\\?#\p{Cc}]{1,255}$/u.test(key) && key.trim() === key;

/** A condition names an ETag with its quotes, which are not part of the version; null for what is never an ETag. */
function onlyIf(version: string | null): RequestOptions | null {
  if (version === null) return {};
  return /^[\w-]+$/.test(version) ? { accessCondition: { type: 'IfMatch', condition: `"${version}"` } } : null;
}

function versionIn({ _etag: etag }: ItemDefinition): string {
  const [, version] = /^"(.+)"$/.exec(etag) ?? [];
  if (!version) throw new Error(`Cosmos DB gave an item without an ETag: ${etag}`);
  return version;
}

/** The status of an answer; undefined where there was none. */
function statusOf(error: unknown): number | undefined {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** @see https://learn.microsoft.com/rest/api/cosmos-db/http-status-codes-for-cosmosdb */
function failureOf(error: unknown): WriteFailure {
  const { code } = Object(error) as { code?: unknown };
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') return 'failed';
  const status = statusOf(error) ?? 0;
  if (status === RETRY_WITH) return 'conflict';
  return status >= 400 && status < 500 && status !== TIMEOUT ? 'failed' : 'unknown';
}
