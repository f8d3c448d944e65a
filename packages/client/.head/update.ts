import type { EntityTag } from '@etag/core';
import { strongTag, unguarded } from './if-match.ts';
import { backOff } from './pause.ts';
import type { ClientInit } from './request.ts';

/** The fetch of a client. */
type Send = (input: string | URL, init?: ClientInit) => Promise<Response>;

/** How to write. */
export interface WriteOptions {
  /** What goes with each request: header fields, `signal`, `etag.partition`. */
  init?: Omit<ClientInit, 'method' | 'body'> | undefined;
  /** What content is: JSON, or text as it is. @default 'json' */
  as?: 'json' | 'text' | undefined;
}

/** How to update. */
export interface UpdateOptions extends WriteOptions {
  /** PUT sends all of the new content, PATCH a JSON merge patch (RFC 7396). @default 'PUT' */
  method?: 'PUT' | 'PATCH' | undefined;
  /** How often to read, merge and write before the outcome is `contended`. @default 10 */
  attempts?: number | undefined;
}

/** What a write came to; the response is that of the server, unread. */
export type Written =
  /** It is done. The tag is null where the server sent none: read again to have one (RFC 9110 §9.3.4). */
  | { readonly kind: 'created' | 'updated'; readonly response: Response; readonly etag: EntityTag | null }
  /** `merge` returned undefined, and nothing was sent. */
  | { readonly kind: 'unchanged'; readonly response: Response }
  /** There is something already, and `create` left it. */
  | { readonly kind: 'exists'; readonly response: Response }
  /** Somebody else came first each time. Nothing was written. */
  | { readonly kind: 'contended'; readonly response: Response }
  /** The server refused to give the content, or to take it, for a reason of its own. */
  | { readonly kind: 'refused'; readonly response: Response };

/** Reads, merges and writes back with If-Match, again for as long as somebody else comes first. */
export async function update<T>(
  send: Send,
  url: string | URL,
  merge: (current: T) => unknown,
  options: UpdateOptions = {},
): Promise<Written> {
  const { init, as = 'json', method = 'PUT', attempts = 10 } = options;
  let response = await readTagged(send, url, init, {});
  for (let attempt = 0; ; attempt++) {
    if (!response.ok) return { kind: 'refused', response };
    const target = targetOf(response, url);
    const etag = strongTag(response.headers.get('etag'));
    if (!etag) throw unguarded(target);
    const content = await merge((await (as === 'json' ? response.json() : response.text())) as T);
    if (content === undefined) return { kind: 'unchanged', response };
    const written = await write(send, target, { method, etag, content, as, init });
    if (written.status !== 412) return outcomeOf(written);
    if (attempt + 1 >= attempts) return { kind: 'contended', response: written };
    void written.body?.cancel();
    await backOff(attempt, 10, 1000, init?.signal ?? null);
    response = await readTagged(send, target, init, { fresh: true });
  }
}

/** Writes what is not there yet. */
export async function create(
  send: Send,
  url: string | URL,
  content: unknown,
  { init, as = 'json' }: WriteOptions = {},
): Promise<Written> {
  const response = await write(send, url, { method: 'PUT', etag: null, content, as, init });
  return response.status === 412 ? { kind: 'exists', response } : outcomeOf(response);
}

function outcomeOf(response: Response): Written {
  if (!response.ok) return { kind: 'refused', response };
  // What the server did not tag it may have changed: only a tag that it sent is adopted.
  return {
    kind: response.status === 201 ? 'created' : 'updated',
    response,
    etag: strongTag(response.headers.get('etag')),
  };
}

/** Reads with a strong tag if there is one: who compresses on the way may have weakened it. */
async function readTagged(
  send: Send,
  url: string | URL,
  init: WriteOptions['init'],
  etag: { fresh?: boolean },
): Promise<Response> {
  const reading = { ...init, etag: { ...init?.etag, ...etag } };
  const response = await send(url, reading);
  if (!response.ok || strongTag(response.headers.get('etag')) || !response.headers.has('content-encoding'))
    return response;
  void response.body?.cancel();
  const headers = new Headers(init?.headers);
  headers.set('accept-encoding', 'identity');
  return send(url, { ...reading, headers, etag: { ...reading.etag, fresh: true } });
}

/** The URL that the tag was read from, which is where it may be sent. */
function targetOf(response: Response, url: string | URL): string {
  const target = new URL(response.url);
  const called = new URL(String(url), globalThis.location?.href);
  if (target.origin === called.origin) return target.href;
  throw new TypeError(`${called.href} is redirected to ${target.href}, of another origin. Update it there.`);
}

interface Write {
  readonly method: 'PUT' | 'PATCH';
  /** Null for what is not there yet. */
  readonly etag: EntityTag | null;
  readonly content: unknown;
  readonly as: 'json' | 'text';
  readonly init: WriteOptions['init'];
}

function write(send: Send, url: string | URL, { method, etag, content, as, init }: Write): Promise<Response> {
  const headers = new Headers(init?.headers);
  if (etag) headers.set('if-match', etag);
  else headers.set('if-none-match', '*');
  if (as === 'json' && !headers.has('content-type')) {
    headers.set('content-type', method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  }
  return send(url, { ...init, method, headers, body: as === 'json' ? JSON.stringify(content) : String(content) });
}
