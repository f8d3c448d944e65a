import { type PreconditionOptions as CheckOptions, checkPreconditions } from '@etag/core';
import { requestHead } from '@etag/node';
import type { DefaultContext, DefaultState, Middleware } from 'koa';
import type { Current } from './current.ts';
import { answerErrors } from './errors.ts';

/** How a write is guarded. */
export interface PreconditionOptions<StateT, ContextT> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. */
  current: Current<StateT, ContextT>;
}

/**
 * Makes a middleware for a write: the handler runs only when the preconditions of the request hold. This spares a handler
 * that is bound to fail; it does not close the race between the check and the write, which only the store can: pass
 * `expectation(ctx)` to it.
 *
 * A refusal is thrown, so that a middleware of yours can catch it; what nobody catches leaves as problem details.
 *
 * @param options - `current`, and `require`: whether a write without a precondition is refused with 428
 * @returns the middleware
 * @throws TypeError without `current`
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * router.put('/notes/:id', precondition({ current: (ctx) => notes.state(ctx.params.id), require: true }), saveNote);
 */
export function precondition<StateT = DefaultState, ContextT = DefaultContext>(
  options: PreconditionOptions<StateT, ContextT>,
): Middleware<StateT, ContextT> {
  const { current } = options ?? {};
  if (typeof current !== 'function')
    throw new TypeError('precondition() needs { current }, which finds the validators');
  return async (ctx, next) => {
    answerErrors(ctx);
    checkPreconditions(requestHead(ctx.req), (await current(ctx)) ?? null, options);
    await next();
  };
}
