import { type PreconditionOptions as CheckOptions, checkPreconditionOptions, guardWrite } from '@etag/core';
import { requestHead } from '@etag/node';
import type { Response } from 'express';
import { type AnyRequest, circumstances } from './circumstances.ts';
import { type Current, type Middleware, nextAfter } from './current.ts';

/** How a write is guarded. */
export interface PreconditionOptions<P> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. Left out, with `require`, for a whole application. */
  current?: Current<P> | undefined;
}

/**
 * Makes a middleware for a write: the handler runs only when the preconditions of the request hold. This spares a handler
 * that is bound to fail; it does not close the race between the check and the write, which only the store can: pass
 * `expectation(req)` to it.
 *
 * A refusal is passed to `next`, so that it goes through the error handlers of the app; `errors()` is the one that sends it.
 *
 * @param options - `current`, and `require`: whether a write without a precondition is refused with 428
 * @returns the middleware
 * @throws TypeError without `current` and `require`: it would guard nothing
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * app.put('/notes/:id', precondition({ current: (req) => notes.state(req.params.id), require: true }), saveNote);
 */
// biome-ignore lint/suspicious/noExplicitAny: a middleware does not know the parameters of its route
export function precondition<P = any>(options: PreconditionOptions<P>): Middleware {
  checkPreconditionOptions(options);
  const { current } = options;
  const check = async (req: AnyRequest, res: Response) => {
    await guardWrite(requestHead(req), current && (() => current(req, res)), options, circumstances(req, options));
    return false;
  };
  return (req, res, next) => nextAfter(() => check(req, res), next);
}
