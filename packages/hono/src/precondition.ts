import { type PreconditionOptions as CheckOptions, checkPreconditions } from '@etag/core';
import type { Env, MiddlewareHandler } from 'hono';
import type { Current } from './current.js';

export interface PreconditionOptions<E extends Env> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. */
  current: Current<E>;
}

/**
 * Middleware for a write: the handler runs only when the preconditions of the request hold. This spares a handler that is
 * bound to fail; it does not close the race between the check and the write, which only the store can: pass
 * `expectation(c)` to it.
 *
 * A refusal is thrown, so that it goes through `app.onError`; Hono's default handler sends its response.
 *
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * app.put('/notes/:id', precondition({ current: (c) => notes.state(c.req.param('id')), require: true }), saveNote);
 */
// biome-ignore lint/suspicious/noExplicitAny: as Hono’s own middleware, it fits an app of any environment
export function precondition<E extends Env = any>(options: PreconditionOptions<E>): MiddlewareHandler<E> {
  return async (c, next) => {
    checkPreconditions(c.req.raw, (await options.current(c)) ?? null, options);
    await next();
  };
}
