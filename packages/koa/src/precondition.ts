import { type PreconditionOptions as CheckOptions, checkPreconditionOptions, guardWrite } from '@etag/core';
import { requestHead } from '@etag/node';
import type { DefaultContext, DefaultState, Middleware } from 'koa';
import { circumstances } from './circumstances.ts';
import type { Current } from './current.ts';
import { answerErrors } from './errors.ts';

/** How a write is guarded. */
export interface PreconditionOptions<StateT, ContextT> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. Left out, with `require`, for a whole application. */
  current?: Current<StateT, ContextT> | undefined;
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
 * @throws TypeError without `current` and `require`: it would guard nothing
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * router.put('/notes/:id', precondition({ current: (ctx) => notes.state(ctx.params.id), require: true }), saveNote);
 */
export function precondition<StateT = DefaultState, ContextT = DefaultContext>(
  options: PreconditionOptions<StateT, ContextT>,
): Middleware<StateT, ContextT> {
  checkPreconditionOptions(options);
  const { current } = options;
  return async (ctx, next) => {
    answerErrors(ctx);
    await guardWrite(requestHead(ctx.req), current && (() => current(ctx)), options, circumstances(ctx, options));
    await next();
  };
}
