import { type PreconditionOptions as CheckOptions, checkPreconditions } from '@etag/core';
import type { DefaultContext, DefaultState, Middleware } from 'koa';
import type { Current } from './current.js';
import { requestHead, sendProblems } from './exchange.js';

export interface PreconditionOptions<StateT, ContextT> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. */
  current: Current<StateT, ContextT>;
}

/**
 * Middleware for a write: the handler runs only when the preconditions of the request hold. This spares a handler that is
 * bound to fail; it does not close the race between the check and the write, which only the store can: pass
 * `expectation(ctx)` to it.
 *
 * A refusal is thrown, so that a middleware of yours can catch it; what nobody catches leaves as problem details.
 *
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * router.put('/notes/:id', precondition({ current: (ctx) => notes.state(ctx.params.id), require: true }), saveNote);
 */
export function precondition<StateT = DefaultState, ContextT = DefaultContext>(
  options: PreconditionOptions<StateT, ContextT>,
): Middleware<StateT, ContextT> {
  return async (ctx, next) => {
    sendProblems(ctx);
    checkPreconditions(requestHead(ctx), (await options.current(ctx)) ?? null, options);
    await next();
  };
}
