import { type PreconditionOptions as CheckOptions, checkPreconditions } from '@etag/core';
import { answeringErrors } from './errors.js';
import type { Current, Handler } from './handler.js';

export interface PreconditionOptions<Args extends unknown[]> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. */
  current: Current<Args>;
}

/**
 * Wraps the handler of a write: it runs only when the preconditions of the request hold. This spares a handler that is
 * bound to fail; it does not close the race between the check and the write, which only the store can
 * (`@etag/concurrency`).
 *
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * export const PUT = precondition(save, { current: (request) => state(request.url), require: true });
 */
export function precondition<Args extends unknown[]>(
  handler: Handler<Args>,
  options: PreconditionOptions<Args>,
): Handler<Args> {
  return answeringErrors(async (request, ...args) => {
    checkPreconditions(request, (await options.current(request, ...args)) ?? null, options);
    return handler(request, ...args);
  });
}
