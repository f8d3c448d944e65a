import { type Bucket, bucketEngine, type ObjectState } from '../bucket/engine.ts';
import { compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import { checkPlace } from '../place.ts';
import type { VersionedStore } from '../store.ts';

/** An `R2Object`. */
export interface R2Object {
  /** A digest of the content, without quotes. */
  readonly etag: string;
  readonly uploaded: Date;
  readonly customMetadata?: Record<string, string> | undefined;
}

/** An `R2Bucket`. */
export interface R2 {
  head(name: string): Promise<R2Object | null>;
  get(name: string): Promise<(R2Object & { text(): Promise<string> }) | null>;
  /** Null where the condition does not hold. */
  put(
    name: string,
    content: string,
    options: {
      onlyIf: { etagMatches: string } | { etagDoesNotMatch: string };
      httpMetadata: { contentType: string };
      customMetadata?: Record<string, string>;
    },
  ): Promise<R2Object | null>;
}

/** Where in the bucket a store keeps its values. */
export interface R2StoreOptions {
  /** What the names of the store's objects begin with, and no others: `notes/`, say. */
  prefix: string;
}

/**
 * A store in a Cloudflare R2 bucket, by its binding: each write is one conditional `put`. A value is an object of JSON, and
 * its version is the etag of the object. A deleted value is an object that says so.
 *
 * @param bucket - the binding
 * @param options - `prefix`: what the names of the objects begin with
 * @returns a store
 * @throws TypeError for what is not a bucket; from the methods, when a value is not JSON
 * @see https://developers.cloudflare.com/r2/api/workers/workers-api-reference/
 */
export function r2Store<T>(bucket: R2, options: R2StoreOptions): VersionedStore<string, T> {
  checkPlace(options, ['prefix']);
  const { head, get, put } = Object(bucket) as Partial<R2>;
  if (typeof head !== 'function' || typeof get !== 'function' || typeof put !== 'function') {
    throw new TypeError('Not an R2 bucket: give the binding, such as env.BUCKET');
  }
  return compareAndSetStore(bucketEngine<T>(bucketOf(bucket), options.prefix));
}

/** In the metadata of an object that says of a value that it was deleted. */
const DELETED = 'etag-deleted';

function bucketOf(bucket: R2): Bucket {
  return {
    async head(name) {
      const found = await bucket.head(name);
      return found && stateOf(found);
    },
    async get(name) {
      const found = await bucket.get(name);
      return found && { ...stateOf(found), text: await found.text() };
    },
    async put(name, { text, isDeleted }, tag) {
      const written = await bucket.put(name, text, {
        onlyIf: tag === null ? { etagDoesNotMatch: '*' } : { etagMatches: tag },
        httpMetadata: { contentType: 'application/json' },
        ...(isDeleted && { customMetadata: { [DELETED]: 'true' } }),
      });
      return written && { version: written.etag, modified: written.uploaded.getTime() };
    },
    failure: failureOf,
  };
}

const stateOf = ({ etag, uploaded, customMetadata }: R2Object): ObjectState => ({
  version: etag,
  modified: uploaded.getTime(),
  isDeleted: customMetadata?.[DELETED] === 'true',
});

/** At most one write a second to one object: too many requests. */
const TOO_MANY = 10058;

/** Unauthorized, access denied, no such bucket, metadata too large, invalid name, content too large. */
const REFUSED = [10002, 10003, 10006, 10012, 10020, 100100];

/**
 * The code at the end of the message says it. R2 sends no write again by itself.
 *
 * @see https://developers.cloudflare.com/r2/api/error-codes/
 */
function failureOf(error: unknown): WriteFailure {
  const code = Number(/\((\d+)\)$/.exec(String((Object(error) as Partial<Error>).message))?.[1]);
  if (code === TOO_MANY) return 'conflict';
  return REFUSED.includes(code) ? 'failed' : 'unknown';
}
