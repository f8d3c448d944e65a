import { type EtagError, isEtagError } from '@etag/core';
import { refuse } from '@etag/node';
import type { ExtendableContext } from 'koa';
import { stopBody } from './content.ts';

const INHERITED = Symbol('@etag/koa');

type OnError = (error: unknown) => void;

/** A context whose error handler was replaced by ours. */
type Answering = ExtendableContext & { [INHERITED]?: OnError };

/**
 * Makes problem details of a 412 or 428 that reaches Koa's error handler, which would send plain text. It goes the way of
 * every error until then: any middleware may catch it, and the fields that it has are those that are sent.
 *
 * @see RFC 9110 §15.5.13, RFC 6585 §3, RFC 9457
 */
export function answerErrors(ctx: Answering): void {
  if (ctx[INHERITED]) return;
  ctx[INHERITED] = ctx.onerror as OnError;
  // Not a closure: see docs/decisions/007.
  ctx.onerror = onerror;
}

function onerror(this: Answering, error: unknown): void {
  if (!isEtagError(error) || this.headerSent) return void this[INHERITED]?.(error);
  try {
    answer(this, error);
  } catch (failure) {
    // Nobody catches here: a field that Node refuses would end the process.
    this[INHERITED]?.(failure);
  }
}

function answer(ctx: Answering, error: EtagError): void {
  stopBody(ctx);
  const content = refuse(ctx.res, error);
  ctx.status = error.status;
  ctx.body = content;
  ctx.res.end(content);
}
