import type { IncomingMessage } from 'node:http';
import { type PreconditionOptions as CheckOptions, checkPreconditionOptions, guardWrite } from '@etag/core';
import type { Current } from './current.ts';
import type { Middleware } from './etag.ts';
import { fail, goOn } from './next.ts';
import { requestHead } from './request-head.ts';

/** How a write is guarded. */
export interface PreconditionOptions<Request extends IncomingMessage = IncomingMessage> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. Left out, with `require`, for a whole application. */
  current?: Current<Request> | undefined;
}

/**
 * Makes a middleware for a write: the handler runs only when the preconditions of the request hold. This spares a handler
 * that is bound to fail; it does not close the race between the check and the write, which only the store can: pass
 * `expectation(req)` to it.
 *
 * @param options - `current`, and `require`: whether a write without a precondition is refused with 428
 * @returns the middleware
 * @throws TypeError without `current` and `require`: it would guard nothing
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 */
export function precondition<Request extends IncomingMessage = IncomingMessage>(
  options: PreconditionOptions<Request>,
): Middleware<Request> {
  checkPreconditionOptions(options);
  const { current, onDecision } = options;
  const circumstances = { onDecision, handlerRan: false };
  return async (req, res, next) => {
    try {
      await guardWrite(requestHead(req), current && (() => current(req, res)), options, circumstances);
    } catch (error) {
      return fail(res, next, error);
    }
    return goOn(res, next);
  };
}
