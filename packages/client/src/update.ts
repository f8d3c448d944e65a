import { type EntityTag, isWeak, jsonOf } from '@etag/core';
import { discard } from './discard.ts';
import { guardingTag, unguarded } from './if-match.ts';
import { checkOptions } from './options.ts';
import { backOff } from './pause.ts';
import type { ClientInit } from './request.ts';
import { preconditionOf } from './validators.ts';

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
  /**
   * Whether a weak tag is sent in If-Match as well, to a server that takes it back from a proxy that weakened it: its
   * `acceptWeakened`. One that does not refuses the write, so nothing can be overwritten.
   * @default false
   */
  acceptWeakened?: boolean | undefined;
}

const WRITE = { init: 'an object', as: '"json" or "text"' };
const UPDATE = { ...WRITE, method: '"PUT" or "PATCH"', attempts: 'a number of 0 or more', acceptWeakened: 'a boolean' };

/** What a write came to; the response is that of the server, unread. */
export type Written =
  /** It is done, as the resource itself answered. The tag is null where it sent none: read again to have one (RFC 9110 §9.3.4). */
  | { readonly kind: 'created' | 'updated'; readonly response: Response; readonly etag: EntityTag | null }
  /**
   * The server answered neither that it is done nor that it is not: it was redirected to another page, such as that of a
   * login, was accepted for later (202), or done in part (207). Read again to learn what became of it.
   */
  | { readonly kind: 'unconfirmed'; readonly response: Response; readonly etag: null }
  /** `merge` returned undefined, and nothing was sent. */
  | { readonly kind: 'unchanged'; readonly response: Response }
  /** There is something already, and `create` left it. */
  | { readonly kind: 'exists'; readonly response: Response }
  /** It was 412 each time: somebody else came first, or the server compares another tag than it sends. Nothing was written. */
  | { readonly kind: 'contended'; readonly response: Response }
  /** The server refused to give the content, or to take it, for a reason of its own. */
  | { readonly kind: 'refused'; readonly response: Response };

/** Reads, merges and writes back with If-Match, again for as long as somebody else comes first. */
export async function update<T>(
  send: Send,
  target: URL | string,
  merge: (current: T) => unknown,
  options: UpdateOptions = {},
): Promise<Written> {
  checkOptions(options, UPDATE);
  const { init, as = 'json', method = 'PUT', attempts = 10, acceptWeakened = false } = options;
  let refused: EntityTag | undefined;
  for (let attempt = 0; ; attempt++) {
    const response = await readTagged(send, target, init, acceptWeakened, refused);
    if (!isDone(response)) return { kind: 'refused', response };
    target = targetOf(response, target);
    const field = response.headers.get('etag');
    const etag = guardingTag(field, acceptWeakened);
    // A weak tag that was refused, and is current still, is one that the server does not take.
    if (!etag || (etag === refused && isWeak(etag))) {
      discard(response);
      throw unguarded(target, field);
    }
    const content = await merge((await response[as]()) as T);
    if (content === undefined) return { kind: 'unchanged', response };
    const written = await write(send, target, { method, etag, content, as, init });
    if (written.status !== 412) return outcomeOf(written);
    if (attempt + 1 >= attempts) return { kind: 'contended', response: written };
    discard(written);
    await backOff(attempt, 10, 1000, init?.signal ?? null);
    refused = etag;
  }
}

/** Writes what is not there yet. */
export async function create(
  send: Send,
  url: string | URL,
  content: unknown,
  options: WriteOptions = {},
): Promise<Written> {
  checkOptions(options, WRITE);
  const response = await write(send, url, { ...options, content });
  return response.status === 412 ? { kind: 'exists', response } : outcomeOf(response);
}

/** Whether all of it was done: a 202 is noncommittal, a 206 about a part, a 207 about each of several (RFC 9110 §15.3, RFC 4918 §11.1). */
function isDone({ ok, status }: Response): boolean {
  return ok && ![202, 206, 207].includes(status);
}

function outcomeOf(response: Response): Written {
  if (!response.ok) return { kind: 'refused', response };
  // RFC 9110 §15.4.4: what a redirect leads to is another resource
  if (response.redirected || !isDone(response)) return { kind: 'unconfirmed', response, etag: null };
  // What the server did not tag it may have changed: only a tag that it sent is adopted.
  return {
    kind: response.status === 201 ? 'created' : 'updated',
    response,
    etag: guardingTag(response.headers.get('etag')),
  };
}

/**
 * Reads with a strong tag if there is one. A server that compresses on the way may have weakened it; or, as Apache does, it
 * may tag what it compresses with `"v7-gzip"`, and take `"v7"` alone.
 *
 * @param refused - the tag that was refused before, after which nothing that is stored is used
 */
async function readTagged(
  send: Send,
  url: string | URL,
  init: WriteOptions['init'],
  acceptWeakened: boolean,
  refused: EntityTag | undefined,
): Promise<Response> {
  const etag = { ...init?.etag, fresh: refused !== undefined };
  const response = await send(url, { ...init, etag });
  const tag = guardingTag(response.headers.get('etag'), acceptWeakened);
  if (!response.ok || (tag && tag !== refused) || !response.headers.has('content-encoding')) return response;
  discard(response);
  const headers = new Headers(init?.headers);
  headers.set('accept-encoding', 'identity');
  return send(url, { ...init, headers, etag: { ...etag, fresh: true } });
}

/** The URL that the tag was read from, which is where it may be sent. */
function targetOf(response: Response, url: string | URL): string {
  const target = new URL(response.url);
  const called = new URL(url);
  if (target.origin === called.origin) return target.href;
  discard(response);
  throw new TypeError(`${called.href} is redirected to ${target.href}, of another origin`);
}

interface Write extends WriteOptions {
  readonly method?: 'PUT' | 'PATCH';
  /** Left out for what is not there yet. */
  readonly etag?: EntityTag;
  readonly content: unknown;
}

async function write(
  send: Send,
  url: string | URL,
  { method = 'PUT', etag, content, as = 'json', init }: Write,
): Promise<Response> {
  const body = as === 'json' ? jsonOf(content) : textOf(content);
  const headers = new Headers(init?.headers);
  const own = preconditionOf(headers);
  // It would be lost: it is the client that guards the write.
  if (own) throw new TypeError(`Leave out ${own}: it is set here`);
  headers.set(etag ? 'if-match' : 'if-none-match', etag ?? '*');
  if (as === 'json' && !headers.has('content-type')) {
    headers.set('content-type', method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  }
  return send(url, { ...init, method, headers, body });
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  throw new TypeError(`${typeof content} is not text`);
}
