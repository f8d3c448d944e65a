import { type PreconditionOptions as CheckOptions, checkPreconditionOptions, guardWrite } from '@etag/core';
import type { Current } from './current.ts';
import { type Handler, refusal } from './refusal.ts';

/** How a write is guarded. */
export interface PreconditionOptions<R extends Request = Request, Args extends unknown[] = []> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. Left out, with `require`, for a whole application. */
  current?: Current<R, Args> | undefined;
}

/**
 * Wraps the handler of a write: it runs only when the preconditions of the request hold. This spares a handler that is
 * bound to fail; it does not close the race between the check and the write, which only the store can: pass
 * `expectation(request)` to it.
 *
 * @param handler - takes a request, and whatever the platform passes after it
 * @param options - `current`, and `require`: whether a write without a precondition is refused with 428
 * @returns a handler that takes the same
 * @throws TypeError without `current` and `require`: it would guard nothing
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * export const PUT = precondition(save, { current: (request) => state(request.url), require: true });
 */
export function precondition<R extends Request = Request, Args extends unknown[] = []>(
  handler: Handler<R, Args>,
  options: PreconditionOptions<R, Args>,
): (request: R, ...args: Args) => Promise<Response> {
  if (typeof handler !== 'function') throw new TypeError('precondition() needs a handler');
  checkPreconditionOptions(options);
  const { current, onDecision } = options;
  const circumstances = { onDecision, handlerRan: false };
  return async (request, ...args) => {
    try {
      await guardWrite(request, current && (() => current(request, ...args)), options, circumstances);
      return await handler(request, ...args);
    } catch (error) {
      return refusal(error);
    }
  };
}
