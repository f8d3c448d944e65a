import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import { codedTag, isConditional, isEtagError, parseEntityTag, type RequestHead } from '@etag/core';
import type { ExtendableContext } from 'koa';

/** Whether a request has a precondition that compares dates. */
export function isDated({ req: { headers } }: ExtendableContext): boolean {
  return headers['if-modified-since'] !== undefined || headers['if-unmodified-since'] !== undefined;
}

/** The head of a request as core reads it. */
export function requestHead(ctx: ExtendableContext): RequestHead {
  const { method, req } = ctx;
  // Of repeated dates `headers` has the first only. `headersDistinct` has all, and is made of all fields when it is asked;
  // HTTP/2 requests do not have it.
  return { method, headers: (isDated(ctx) && req.headersDistinct) || req.headers };
}

/** The value of a response field; empty when the field is not there. */
export function responseField(ctx: ExtendableContext, name: string): string {
  return fieldOf(ctx.res, name);
}

function fieldOf(res: ServerResponse, name: string): string {
  return String(res.getHeader(name) ?? '');
}

/** What a method did that one of ours has taken the place of. */
const INHERITED = Symbol('@etag/koa');

// Ours are no closures: a response that holds one which leads back to it lives until a full collection (docs/decisions/007).
type Inheriting<T> = T & { [INHERITED]?: (...args: unknown[]) => unknown };

/**
 * Makes problem details of a 412 or 428 that reaches Koa's error handler, which would send plain text. It goes the way of
 * every error until then: any middleware may catch it, and the fields that it has are those that are sent.
 *
 * @see RFC 9110 §15.5.13, RFC 6585 §3, RFC 9457
 */
export function sendProblems(ctx: Inheriting<ExtendableContext>): void {
  if (ctx[INHERITED]) return;
  ctx[INHERITED] = ctx.onerror as () => void;
  ctx.onerror = onerror;
}

function onerror(this: Inheriting<ExtendableContext>, error: Error): void {
  if (!isEtagError(error) || this.headerSent || !this.writable) return void this[INHERITED]?.(error);
  // As Koa does with every error: whatever was said is not said of the refusal.
  for (const name of this.res.getHeaderNames()) this.remove(name);
  this.status = error.status;
  this.set(error.headers);
  // Node would write the fields as UTF-8 together with a string; a tag is bytes.
  const content = Buffer.from(JSON.stringify(error.body));
  this.body = content;
  this.res.end(content);
}

/**
 * Has the tag of a response name its content coding. Only when the head leaves is that known: a compressor may stand
 * outside of `etag()`.
 *
 * @see RFC 9110 §8.8.3.3
 */
export function codeTag({ res }: { res: Inheriting<ServerResponse> }): void {
  if (res[INHERITED]) return;
  res[INHERITED] = res.writeHead as () => unknown;
  res.writeHead = writeHead;
}

function writeHead(this: Inheriting<ServerResponse>, ...head: unknown[]) {
  const coding = fieldOf(this, 'content-encoding');
  const tag =
    coding && isConditional(`${this.req.method}`, this.statusCode) ? parseEntityTag(fieldOf(this, 'etag')) : null;
  if (tag) this.setHeader('ETag', codedTag(tag, coding));
  return this[INHERITED]?.(...head) as typeof this;
}
