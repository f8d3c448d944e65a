import type { Client } from '@etag/client';
import { ConflictError } from './conflict.ts';

/** Content with the tag it was read with. They stay together: a later read must not lend its tag to an older edit. */
export interface Tagged<T> {
  readonly content: T;
  /** Null where the server sent none: a write cannot be guarded then. */
  readonly etag: string | null;
}

/** Reads JSON and its tag. What has not changed costs a 304. */
export async function readTagged<T>(client: Client, url: string, signal?: AbortSignal): Promise<Tagged<T>> {
  const response = await client(url, { signal: signal ?? null });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status}`);
  return { content: (await response.json()) as T, etag: response.headers.get('etag') };
}

/**
 * Writes JSON over what was read.
 *
 * @param seen - the tag of what the new content was made from
 * @throws ConflictError when somebody else has written since
 */
export async function writeOver<T>(client: Client, url: string, content: T, seen: string | null): Promise<void> {
  if (seen === null) throw new Error(`${url} was read without a tag: the write would not be guarded`);
  const headers = { 'Content-Type': 'application/json', 'If-Match': seen };
  const response = await client(url, { method: 'PUT', headers, body: JSON.stringify(content) });
  await response.body?.cancel();
  if (response.status === 412) throw new ConflictError(url, response.headers.get('etag'));
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status}`);
}
