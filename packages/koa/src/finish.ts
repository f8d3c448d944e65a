import { isOff, type ObserveOptions, type ReadOptions } from '@etag/core';
import { interceptedRead, LiveRequestHead, type Read, readOf, requestHead } from '@etag/node';
import type { ExtendableContext, Next } from 'koa';
import { routeOf } from './circumstances.ts';
import { contentOf, isCodedSince, isJson, stopBody, watchBody } from './content.ts';

/** Content first: the body is rendered, then saved from the wire. Streams pass as they come, untagged. */
export async function finish(ctx: ExtendableContext, next: Next, options: ReadOptions | null): Promise<void> {
  watchBody(ctx);
  const early = readOf(ctx.res);
  // The etag() that comes last counts.
  if (early && options) early.hasState = false;
  await next();
  // To wait for what is there would cost a turn.
  const later = settle(ctx, options);
  if (later) await later;
}

/**
 * Tags the body, and evaluates the preconditions.
 *
 * @param options - how content is tagged; null where it is not
 * @returns a promise where the digest gives one
 */
function settle(ctx: ExtendableContext, options: ReadOptions | null): Promise<void> | undefined {
  // Sent past Koa.
  if (ctx.headerSent || ctx.respond === false) return;
  if (isOff(ctx.req)) return;
  const read = readOfContext(ctx, options);
  const content = options && read.takesContentTag() ? contentOf(ctx) : undefined;
  const isNotModified = read.evaluate(content, options ?? {}, isCodedSince(ctx));
  if (typeof isNotModified !== 'boolean') return isNotModified.then((it) => conclude(ctx, it, content));
  conclude(ctx, isNotModified, content);
}

/** The read that a response answers. */
export function readOfContext(ctx: ExtendableContext, options: ObserveOptions | null): Read {
  const read = readOf(ctx.res) ?? interceptedRead(new LiveRequestHead(ctx.req, requestHead), ctx.res);
  read.onDecision ??= options?.onDecision;
  read.routed = ctx;
  read.nameRoute = routeOf;
  return read;
}

function conclude(ctx: ExtendableContext, isNotModified: boolean, content: string | Uint8Array | undefined): void {
  // Koa empties the body of a status that has none.
  if (isNotModified) {
    stopBody(ctx);
    ctx.status = 304;
  }
  // Rendered once: what was tagged is what is sent.
  else if (content !== undefined && isJson(ctx.body)) ctx.body = content;
}
