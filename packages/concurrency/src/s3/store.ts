import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Bucket, bucketEngine, type Content, type ObjectState } from '../bucket/engine.ts';
import { compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import { isKnownFailure, isOfConnecting, knownFailure } from '../known-failure.ts';
import { ownName } from '../object-name.ts';
import { once } from '../once.ts';
import { checkPlace } from '../place.ts';
import { sendOnce, statusOf, wasRefused } from '../send-once.ts';
import { stamped } from '../stamp.ts';
import type { VersionedStore } from '../store.ts';
import { unless } from '../unless.ts';

/** Where a store keeps its values. */
export interface S3StoreOptions {
  /** The bucket. */
  bucket: string;
  /** What the names of the store's objects begin with, and no others: `notes/`, say. */
  prefix: string;
}

/**
 * A store in a bucket of S3, or of what speaks like it and keeps to If-Match and If-None-Match: each write is one
 * conditional PutObject. A value is an object of JSON, and its version is the ETag of the object. A deleted value is an
 * object that says so. Before its first write a store looks whether the server evaluates conditions.
 *
 * @param client - an `S3Client`, which stays yours; however often it tries, a write is sent once
 * @param options - `bucket`, and `prefix`: what the names of the objects begin with
 * @returns a store, without modification times
 * @throws TypeError for what is not a client; from the methods, when a value is not JSON
 * @throws Error, from the first write, when the server ignores conditions
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function s3Store<T>(client: Pick<S3Client, 'send'>, options: S3StoreOptions): VersionedStore<string, T> {
  checkPlace(options, ['bucket', 'prefix']);
  const { bucket, prefix } = options;
  if (typeof (Object(client) as Partial<S3Client>).send !== 'function') {
    throw new TypeError('Not a client of S3: give an S3Client of @aws-sdk/client-s3');
  }
  return compareAndSetStore(bucketEngine<T>(bucketOf(client, bucket, prefix), prefix));
}

/** In the metadata of an object that says of a value that it was deleted. */
const DELETED = 'etag-deleted';

function bucketOf(client: Pick<S3Client, 'send'>, bucketName: string, prefix: string): Bucket {
  const objectOf = (name: string) => ({ Bucket: bucketName, Key: name });

  async function put(name: string, { text, isDeleted }: Content, tag: string | null) {
    const command = new PutObjectCommand({
      ...objectOf(name),
      Body: text,
      ContentType: 'application/json',
      Metadata: isDeleted ? { [DELETED]: 'true' } : undefined,
      ...(tag === null ? { IfNoneMatch: '*' } : { IfMatch: `"${tag}"` }),
    });
    const written = await unless(
      isUnmet,
      sendOnce(command, () => client.send(command)),
    );
    return written && { version: opaque(written.ETag) };
  }

  /** Fails where the server does what it was told to do on a condition that does not hold. */
  const look = once(async () => {
    const name = ownName(prefix, 'look');
    const attempt = (tag: string | null) =>
      unless(isConflict, put(name, { text: stamped('null'), isDeleted: true }, tag));
    try {
      const isIgnored = ((await attempt(null)) && (await attempt(null))) || (await attempt('0'.repeat(32)));
      if (isIgnored) throw new Error('This server ignores If-Match or If-None-Match: writes would be lost');
    } catch (error) {
      throw knownFailure(error);
    }
  });

  return {
    async head(name) {
      const found = await unless(isMissing, client.send(new HeadObjectCommand(objectOf(name))));
      return found && stateOf(found);
    },
    async get(name) {
      const found = await unless(isMissing, client.send(new GetObjectCommand(objectOf(name))));
      return found && { ...stateOf(found), text: (await found.Body?.transformToString()) ?? '' };
    },
    async put(name, content, tag) {
      await look();
      return await put(name, content, tag);
    },
    failure: failureOf,
  };
}

interface Found {
  readonly ETag?: string | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

const stateOf = ({ ETag, Metadata }: Found): ObjectState => ({
  version: opaque(ETag),
  isDeleted: Metadata?.[DELETED] === 'true',
});

/** A tag without its quotes. */
function opaque(tag: string | undefined): string {
  if (!tag) throw new Error('S3 answered without an ETag');
  return tag.replace(/^"|"$/g, '');
}

const codeOf = (error: unknown) => (Object(error) as { name?: unknown }).name;

/** To HEAD there is no code, since there is no content. */
const isMissing = (error: unknown) => codeOf(error) === 'NoSuchKey' || codeOf(error) === 'NotFound';

/** A condition that does not hold; If-Match where there is no object at all is answered by 404. */
const isUnmet = (error: unknown) => statusOf(error) === 412 || codeOf(error) === 'NoSuchKey';

/** Another write came between: nothing was written, and it may go through when it is tried again. */
const isConflict = (error: unknown) => statusOf(error) === 409;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function failureOf(error: unknown): WriteFailure {
  if (isConflict(error)) return 'conflict';
  const isRefused = wasRefused(error) || codeOf(error) === 'SlowDown';
  return isRefused || isKnownFailure(error) || isOfConnecting(error) ? 'failed' : 'unknown';
}
