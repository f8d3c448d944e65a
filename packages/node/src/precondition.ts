import type { IncomingMessage } from 'node:http';
import { type PreconditionOptions as CheckOptions, checkPreconditions } from '@etag/core';
import type { Current } from './current.ts';
import type { Middleware } from './etag.ts';
import { fail, goOn } from './next.ts';
import { requestHead } from './request-head.ts';

/** How a write is guarded. */
export interface PreconditionOptions<Request extends IncomingMessage = IncomingMessage> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. */
  current: Current<Request>;
}

/**
 * Makes a middleware for a write: the handler runs only when the preconditions of the request hold. This spares a handler
 * that is bound to fail; it does not close the race between the check and the write, which only the store can: pass
 * `expectation(req)` to it.
 *
 * @param options - `current`, and `require`: whether a write without a precondition is refused with 428
 * @returns the middleware
 * @throws TypeError without `current`
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function precondition<Request extends IncomingMessage = IncomingMessage>(
  options: PreconditionOptions<Request>,
): Middleware<Request> {
  const { current } = options ?? {};
  if (typeof current !== 'function')
    throw new TypeError('precondition() needs { current }, which finds the validators');
  return async (req, res, next) => {
    try {
      checkPreconditions(requestHead(req), (await current(req, res)) ?? null, options);
    } catch (error) {
      return fail(res, next, error);
    }
    return goOn(res, next);
  };
}
