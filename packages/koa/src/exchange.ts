import { Buffer } from 'node:buffer';
import { codedTag, isConditional, isEtagError, parseEntityTag, type RequestHead } from '@etag/core';
import type { ExtendableContext } from 'koa';

/** The head of a request as core reads it. */
export function requestHead({ method, req }: ExtendableContext): RequestHead {
  const { headers } = req;
  // Of repeated dates `headers` has the first only. `headersDistinct` has all, and is made of all fields when it is asked;
  // HTTP/2 requests do not have it.
  const isDated = headers['if-modified-since'] !== undefined || headers['if-unmodified-since'] !== undefined;
  return { method, headers: (isDated && req.headersDistinct) || headers };
}

/** The value of a response field; empty when the field is not there. */
export function responseField(ctx: ExtendableContext, name: string): string {
  return String(ctx.res.getHeader(name) ?? '');
}

/**
 * Makes problem details of a 412 or 428 that reaches Koa's error handler, which would send plain text. It goes the way of
 * every error until then: any middleware may catch it, and the fields that it has are those that are sent.
 *
 * @see RFC 9110 §15.5.13, RFC 6585 §3, RFC 9457
 */
export function sendProblems(ctx: ExtendableContext): void {
  const { onerror } = ctx;
  ctx.onerror = (error) => {
    if (!isEtagError(error) || ctx.headerSent || !ctx.writable) return onerror.call(ctx, error);
    // As Koa does with every error: whatever was said is not said of the refusal.
    for (const name of ctx.res.getHeaderNames()) ctx.remove(name);
    ctx.status = error.status;
    ctx.set(error.headers);
    // Node would write the fields as UTF-8 together with a string; a tag is bytes.
    const content = Buffer.from(JSON.stringify(error.body));
    ctx.body = content;
    ctx.res.end(content);
  };
}

/**
 * Has the tag of a response name its content coding. Only when the head leaves is that known: a compressor may stand
 * outside of `etag()`.
 *
 * @see RFC 9110 §8.8.3.3
 */
export function codeTag(ctx: ExtendableContext): void {
  const { res } = ctx;
  const { writeHead } = res;
  res.writeHead = ((...head: Parameters<typeof writeHead>) => {
    const tag = isConditional(ctx.method, res.statusCode) ? parseEntityTag(responseField(ctx, 'etag')) : null;
    if (tag) res.setHeader('ETag', codedTag(tag, responseField(ctx, 'content-encoding')));
    return writeHead.apply(res, head);
  }) as typeof writeHead;
}
