import { type PreconditionOptions as CheckOptions, checkPreconditions } from '@etag/core';
import type { Env, MiddlewareHandler } from 'hono';
import type { Current } from './current.ts';
import { checked } from './refusal.ts';

/** How a write is guarded. */
export interface PreconditionOptions<E extends Env> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. */
  current: Current<E>;
}

/**
 * Makes a middleware for a write: the handler runs only when the preconditions of the request hold. This spares a handler
 * that is bound to fail; it does not close the race between the check and the write, which only the store can: pass
 * `expectation(c)` to it.
 *
 * A refusal is thrown, so that it goes through `app.onError`; Hono's default handler sends its response.
 *
 * @param options - `current`, and `require`: whether a write without a precondition is refused with 428
 * @returns the middleware
 * @throws TypeError without `current`
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * app.put('/notes/:id', precondition({ current: (c) => notes.state(c.req.param('id')), require: true }), saveNote);
 */
// biome-ignore lint/suspicious/noExplicitAny: as Hono’s own middleware, it fits an app of any environment
export function precondition<E extends Env = any>(options: PreconditionOptions<E>): MiddlewareHandler<E> {
  const { current: find } = options ?? {};
  if (typeof find !== 'function') throw new TypeError('precondition() needs { current }, which finds the validators');
  return async (c, next) => {
    const state = (await find(c)) ?? null;
    checked(c, () => checkPreconditions(c.req.raw, state, options));
    await next();
  };
}
