import { type PreconditionOptions as CheckOptions, checkPreconditionOptions, guardWrite } from '@etag/core';
import type { Env, MiddlewareHandler } from 'hono';
import { circumstances } from './circumstances.ts';
import type { Current } from './current.ts';
import { refuse } from './refusal.ts';
import { unwatch, watch } from './watch.ts';

/** How a write is guarded. */
export interface PreconditionOptions<E extends Env> extends CheckOptions {
  /** Finds the validators of the resource that the request would change. Left out, with `require`, for a whole application. */
  current?: Current<E> | undefined;
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
 * @throws TypeError without `current` and `require`: it would guard nothing
 * @see RFC 9110 §13.1.1, RFC 6585 §3
 * @example
 * app.put('/notes/:id', precondition({ current: (c) => notes.state(c.req.param('id')), require: true }), saveNote);
 */
// biome-ignore lint/suspicious/noExplicitAny: as Hono’s own middleware, it fits an app of any environment
export function precondition<E extends Env = any>(options: PreconditionOptions<E>): MiddlewareHandler<E> {
  checkPreconditionOptions(options);
  const { current: find } = options;
  return async (c, next) => {
    const guard = guardWrite(c.req.raw, find && (() => find(c)), options, circumstances(c, options));
    await guard.catch((error) => refuse(c, error));
    const seen = watch(c);
    await next();
    unwatch(seen, c.req.raw);
  };
}
