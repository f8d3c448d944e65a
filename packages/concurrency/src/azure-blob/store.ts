import { Buffer } from 'node:buffer';
import { type CurrentVersion, jsonOf, type Versioned } from '@etag/core';
import { type CompareAndSet, compareAndSetStore, type WriteFailure } from '../compare-and-set.ts';
import { fromJson } from '../json.ts';
import { isKnownFailure, isOfConnecting } from '../known-failure.ts';
import { objectName } from '../object-name.ts';
import { checkPlace } from '../place.ts';
import type { VersionedStore } from '../store.ts';
import { unless } from '../unless.ts';

/** What Azure says of a blob. */
interface BlobState {
  readonly etag?: string | undefined;
  readonly lastModified?: Date | undefined;
}

interface Conditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

/** A `BlockBlobClient`. */
export interface AzureBlockBlob {
  getProperties(): Promise<BlobState>;
  download(): Promise<BlobState & { readonly readableStreamBody?: AsyncIterable<unknown> | undefined }>;
  upload(
    body: string,
    contentLength: number,
    options: { conditions: Conditions; blobHTTPHeaders: { blobContentType: string } },
  ): Promise<BlobState>;
  delete(options: { conditions: Conditions }): Promise<unknown>;
}

/** A `ContainerClient`. */
export interface AzureContainer {
  getBlockBlobClient(name: string): AzureBlockBlob;
}

/** Where in the container a store keeps its values. */
export interface AzureBlobStoreOptions {
  /** What the names of the store's blobs begin with, and no others: `notes/`, say. */
  prefix: string;
}

/**
 * A store in a container of Azure Blob Storage: each write is one Put Blob or Delete Blob with If-Match or If-None-Match. A
 * value is a block blob of JSON, and its version is the ETag, which Azure makes anew with every write.
 *
 * @param container - a `ContainerClient`, opened with `{ retryOptions: { maxTries: 1 } }`, which stays yours
 * @param options - `prefix`: what the names of the blobs begin with
 * @returns a store
 * @throws TypeError when it is not a container, or its client sends writes again by itself; from the methods, when a value
 *   is not JSON
 * @see https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations
 */
export function azureBlobStore<T>(
  container: AzureContainer,
  options: AzureBlobStoreOptions,
): VersionedStore<string, T> {
  checkPlace(options, ['prefix']);
  if (typeof (Object(container) as Partial<AzureContainer>).getBlockBlobClient !== 'function') {
    throw new TypeError('Not a container: give a ContainerClient of @azure/storage-blob');
  }
  if (triesOf(container) !== 1) {
    throw new TypeError(
      'After a lost connection this client sends again what may be done already: open it with { retryOptions: { maxTries: 1 } }',
    );
  }
  return compareAndSetStore(engineOf<T>(container, options.prefix));
}

/** How often a client sends a request; undefined where it does not say. */
function triesOf(container: AzureContainer): number | undefined {
  const { pipeline } = container as { pipeline?: { options?: { retryOptions?: { maxTries?: number } } } };
  return pipeline?.options?.retryOptions?.maxTries;
}

/** The five steps. */
function engineOf<T>(container: AzureContainer, prefix: string): CompareAndSet<string, T> {
  const blobOf = async (key: string) => container.getBlockBlobClient(await objectName(prefix, key));

  async function upload(key: string, json: string, conditions: Conditions): Promise<Versioned<T> | null> {
    const blob = await blobOf(key);
    const options = { conditions, blobHTTPHeaders: { blobContentType: 'application/json' } };
    const written = await unless(isUnmet, blob.upload(json, Buffer.byteLength(json), options));
    return written && { ...currentOf(written), value: JSON.parse(json) as T };
  }

  return {
    async get(key) {
      const found = await unless(isMissing, (await blobOf(key)).download());
      if (!found) return null;
      const text = await textOf(found.readableStreamBody ?? []);
      return { ...currentOf(found), value: fromJson(text, `The blob of ${JSON.stringify(key)}`) };
    },
    async version(key) {
      const found = await unless(isMissing, (await blobOf(key)).getProperties());
      return found && currentOf(found);
    },
    create: (key, value) => upload(key, jsonOf(value), { ifNoneMatch: '*' }),
    replace(key, value, version) {
      const json = jsonOf(value);
      const conditions = ofVersion(version);
      return conditions ? upload(key, json, conditions) : Promise.resolve(null);
    },
    async remove(key, version) {
      const conditions = ofVersion(version);
      if (!conditions) return false;
      return (await unless(isUnmet, (await blobOf(key)).delete({ conditions }))) !== null;
    },
    failure: failureOf,
  };
}

/** An ETag of Azure, without its quotes. What else a client may take for a version never is one: `*` is any. */
const TAG = /^0x[0-9A-F]+$/i;

function ofVersion(version: string | null): Conditions | null {
  if (version === null) return { ifMatch: '*' };
  return TAG.test(version) ? { ifMatch: `"${version}"` } : null;
}

function currentOf({ etag, lastModified }: BlobState): CurrentVersion {
  if (!etag) throw new Error('Azure answered without an ETag');
  return { version: etag.replace(/^"|"$/g, ''), modified: lastModified?.getTime() };
}

async function textOf(body: AsyncIterable<unknown> | Iterable<unknown>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString();
}

/** A `RestError`. */
interface RestError {
  /** The status of the answer; undefined where there was none. */
  readonly statusCode?: number;
  readonly code?: string;
  /** What the answer's header fields say. */
  readonly details?: { readonly errorCode?: string } | undefined;
}

/** The code of an answer; of one to HEAD, which has no content, it is in the header. */
function codeOf(error: unknown): string {
  const { code, details } = Object(error) as RestError;
  return code ?? details?.errorCode ?? '';
}

const isMissing = (error: unknown) => codeOf(error) === 'BlobNotFound';

/** The codes of conditions that do not hold: If-Match, If-None-Match: *, a delete where there is no blob. */
const UNMET = ['ConditionNotMet', 'BlobAlreadyExists', 'BlobNotFound'];

const isUnmet = (error: unknown) => UNMET.includes(codeOf(error));

/** @see https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
function failureOf(error: unknown): WriteFailure {
  const { statusCode = 0 } = Object(error) as RestError;
  const isRefused = statusCode >= 400 && statusCode < 500 && statusCode !== 408;
  return isRefused || isKnownFailure(error) || isOfConnecting(error) ? 'failed' : 'unknown';
}
