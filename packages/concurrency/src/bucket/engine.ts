import { type CurrentVersion, jsonOf, type Versioned } from '@etag/core';
import type { CompareAndSet, WriteFailure } from '../compare-and-set.ts';
import { fromJson } from '../json.ts';
import { objectName } from '../object-name.ts';
import { stamped } from '../stamp.ts';

/** An object, by what preconditions are compared with. */
export interface ObjectState extends CurrentVersion {
  /** Whether it says of a value that it was deleted. */
  readonly isDeleted: boolean;
}

/** An object store whose writes can depend on a tag, which is a digest of the content, and whose deletes cannot. */
export interface Bucket {
  /** Reads the state of an object alone; null where there is none. */
  head(name: string): Promise<ObjectState | null>;
  /** Reads an object; null where there is none. */
  get(name: string): Promise<(ObjectState & { readonly text: string }) | null>;
  /** Writes an object that has the tag, or where there is none if it is null; null where that does not hold. */
  put(name: string, content: Content, tag: string | null): Promise<CurrentVersion | null>;
  failure(error: unknown): WriteFailure;
}

/** What is written: JSON with its stamp, or that a value was deleted. */
export interface Content {
  readonly text: string;
  readonly isDeleted: boolean;
}

/**
 * The five steps on a bucket. A delete writes an object that says so: a delete without a condition could take a value that
 * somebody has written meanwhile, and not every bucket has one with a condition.
 *
 * @param bucket - reads, and one conditional write
 * @param prefix - what the names of the store begin with
 */
export function bucketEngine<T>(bucket: Bucket, prefix: string): CompareAndSet<string, T> {
  async function put(key: string, content: Content, tag: string | null): Promise<CurrentVersion | null> {
    return await bucket.put(await objectName(prefix, key), content, tag);
  }

  /** Writes what was there when we looked, until nobody comes between. */
  async function putOver(key: string, content: Content, isDeleted: boolean): Promise<CurrentVersion | null> {
    const name = await objectName(prefix, key);
    for (;;) {
      const found = await bucket.head(name);
      if (!found || found.isDeleted !== isDeleted) return null;
      const written = await bucket.put(name, content, found.version);
      if (written) return written;
    }
  }

  async function replace(key: string, content: Content, version: string | null): Promise<CurrentVersion | null> {
    if (version === null) return await putOver(key, content, false);
    return TAG.test(version) ? await put(key, content, version) : null;
  }

  return {
    async get(key) {
      const found = await bucket.get(await objectName(prefix, key));
      if (!found || found.isDeleted) return null;
      return { ...currentOf(found), value: fromJson(found.text, `The object of ${JSON.stringify(key)}`) };
    },
    async version(key) {
      const found = await bucket.head(await objectName(prefix, key));
      return found && !found.isDeleted ? currentOf(found) : null;
    },
    create(key, value) {
      const [json, content] = contentOf(value);
      const write = async () => (await put(key, content, null)) ?? (await putOver(key, content, true));
      return write().then((written) => valued(written, json));
    },
    replace(key, value, version) {
      const [json, content] = contentOf(value);
      return replace(key, content, version).then((written) => valued(written, json));
    },
    async remove(key, version) {
      return (await replace(key, { text: stamped('null'), isDeleted: true }, version)) !== null;
    },
    failure: bucket.failure,
  };
}

/** A tag of a bucket, without its quotes. What else a client may take for a version never is one: `*` is any. */
const TAG = /^[\w+/=.:-]+$/;

function contentOf(value: unknown): [json: string, content: Content] {
  const json = jsonOf(value);
  return [json, { text: stamped(json), isDeleted: false }];
}

function currentOf({ version, modified }: ObjectState): CurrentVersion {
  return modified === undefined ? { version } : { version, modified };
}

function valued<T>(written: CurrentVersion | null, json: string): Versioned<T> | null {
  return written && { ...written, value: JSON.parse(json) as T };
}
