import type { IncomingHttpHeaders } from 'node:http';
import {
  codedTag,
  fieldValue,
  formatHttpDate,
  isConditional,
  namedTag,
  parseEntityTag,
  type RequestHead,
  type ResourceState,
  staysOnNotModified,
  varyWith,
} from '@etag/core';
import type { FastifyReply } from 'fastify';

/** What decisions need of a request, of whatever route and server. */
export interface AnyRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: { readonly headersDistinct?: NodeJS.Dict<string[]> };
}

/** A reply of whatever route and server. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of the type say nothing that matters here
export type AnyReply = FastifyReply<any, any, any, any, any, any, any>;

/** Whether a request has a precondition that compares dates. */
export function isDated({ headers }: AnyRequest): boolean {
  return headers['if-modified-since'] !== undefined || headers['if-unmodified-since'] !== undefined;
}

/** The head of a request in the terms of core. */
export function requestHead(request: AnyRequest): RequestHead {
  const { method, headers, raw } = request;
  // Of repeated dates `headers` has the first only. `headersDistinct` has all, and is made of all fields when it is asked;
  // HTTP/2 and `app.inject()` do not have it.
  return { method, headers: (isDated(request) && raw.headersDistinct) || headers };
}

/** The value of a header field of a reply; null when it is not there. */
export function replyField(reply: AnyReply, name: string): string | null {
  const value = reply.getHeader(name);
  return value === undefined ? null : String(value);
}

/** What a reply is to go out with, and how its head was written before. */
interface Head {
  readonly reply: AnyReply;
  readonly writeHead: (...head: unknown[]) => unknown;
  state: ResourceState;
}

const HEAD = Symbol('@etag/fastify');

type RawReply = { writeHead: unknown; [HEAD]?: Head };

/**
 * Has a reply go out with validators, the tag in the form of its coding, unless the handler sets its own. That is known only
 * when the head is written: compressors are hooks of routes, as is what Fastify adds to HEAD, and come after all hooks of an
 * instance.
 */
export function finishWith(reply: AnyReply, state: ResourceState): void {
  const raw: RawReply = reply.raw;
  const known = raw[HEAD];
  if (known) {
    known.state = state;
    return;
  }
  raw[HEAD] = { reply, state, writeHead: raw.writeHead as Head['writeHead'] };
  // No closure: a response that holds one which leads back to it lives until a full collection (docs/decisions/007).
  raw.writeHead = writeHead;
}

function writeHead(this: RawReply, ...head: unknown[]): unknown {
  const { reply, writeHead } = this[HEAD] as Head;
  finishHead(reply);
  return writeHead.apply(this, head);
}

function finishHead(reply: AnyReply): void {
  if (reply.statusCode === 304) removeMetadata(reply);
  if (!isConditional(reply.request.method, reply.statusCode)) return;
  addValidators(reply);
  const coding = replyField(reply, 'content-encoding');
  const tag = coding && parseEntityTag(replyField(reply, 'etag') ?? '');
  const coded = tag && codedTag(tag, coding);
  if (coded && coded !== tag) setField(reply, 'etag', coded);
}

/** Adds the validators that a reply is to go out with, where it has none of its own. */
export function addValidators(reply: AnyReply): void {
  const { etag, lastModified } = (reply.raw as RawReply)[HEAD]?.state ?? {};
  if (etag && !reply.hasHeader('etag')) setField(reply, 'etag', etag);
  if (lastModified != null && !reply.hasHeader('last-modified')) {
    setField(reply, 'last-modified', formatHttpDate(lastModified));
  }
}

/**
 * Makes a reply a 304.
 *
 * @param state - the validators, without a content coding
 * @returns the reply, still to be sent
 * @see RFC 9110 §15.4.5
 */
export function notModified(reply: AnyReply, state: ResourceState): AnyReply {
  finishWith(reply, state);
  const { etag } = state;
  const ifNoneMatch = fieldValue(requestHead(reply.request).headers, 'if-none-match');
  const sent = etag && (namedTag(ifNoneMatch, etag) ?? codedTag(etag, replyField(reply, 'content-encoding')));
  if (sent) reply.header('etag', sent);
  addValidators(reply);
  // Whoever holds a coded form of the tag stored a response that varies by coding; so does everyone on a route that
  // @fastify/compress codes, which passes a 304 by.
  if (sent !== etag || (reply as { compress?: unknown }).compress) {
    reply.header('vary', varyWith(replyField(reply, 'vary'), 'accept-encoding'));
  }
  reply.statusCode = 304;
  return reply;
}

/** Removes what a reply says of content that does not go out. */
export function removeMetadata(reply: AnyReply): void {
  for (const name of Object.keys(reply.getHeaders())) if (!staysOnNotModified(name)) reply.removeHeader(name);
}

/** Sets a field, even when Fastify has handed the others to Node already, as it does before the head of a stream. */
function setField(reply: AnyReply, name: string, value: string): void {
  reply.header(name, value);
  reply.raw.setHeader(name, value);
}
