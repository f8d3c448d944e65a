import { checkOptions, isRead, type ReadOptions, setOff } from '@etag/core';
import type { DefaultContext, DefaultState, Middleware } from 'koa';
import { type Current, current } from './current.ts';
import { answerErrors } from './errors.ts';
import { finish } from './finish.ts';

/** How responses are tagged. */
export interface EtagOptions<StateT, ContextT> extends ReadOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler sets.
   */
  current?: Current<StateT, ContextT> | undefined;
}

/**
 * Makes a middleware: responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304.
 *
 * Header fields that belong on the 304 of an early `etag({ current })` as on the 200 (Cache-Control, Vary) are set before
 * it, by `ctx.set()`.
 *
 * @param options - `current`, `weak`, `digest`, `timeout` and `onDecision`; false to leave the responses of a route out: an
 *   `etag()` further out neither tags them nor answers 304
 * @returns the middleware
 * @throws TypeError when `current` is not a function, `timeout` not a time, or there is no such option
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * app.use(etag());
 * router.get('/notes/:id', etag({ current: (ctx) => notes.state(ctx.params.id) }), showNote);
 */
export function etag<StateT = DefaultState, ContextT = DefaultContext>(
  options: EtagOptions<StateT, ContextT> | false = {},
): Middleware<StateT, ContextT> {
  if (options !== false) checkOptions(options);
  return (ctx, next) => {
    answerErrors(ctx);
    setOff(ctx.req, !options);
    // Only a read can be spared; precondition() guards a write.
    if (!options || !isRead(ctx.method)) return next();
    const { current: find } = options;
    return find ? current(ctx, next, find, options) : finish(ctx, next, options);
  };
}
