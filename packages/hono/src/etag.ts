import { checkOptions, READ_NAMES, setOff } from '@etag/core';
import type { ContentOptions } from '@etag/fetch';
import type { Env, MiddlewareHandler } from 'hono';
import { type Current, current } from './current.ts';
import { finish } from './finish.ts';

/** How responses are tagged. */
export interface EtagOptions<E extends Env> extends ContentOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler returns.
   */
  current?: Current<E> | undefined;
}

/**
 * Makes a middleware: responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304.
 *
 * Header fields that belong on the 304 of an early `etag({ current })` as on the 200 (Cache-Control, Vary) are set before
 * it, by `c.header()`.
 *
 * @param options - `current`, `weak`, `digest`, `limit`, `timeout` and `onDecision`; false to leave the responses of a route
 *   out: an `etag()` further out neither tags them nor answers 304
 * @returns the middleware
 * @throws TypeError when `current` is not a function, `timeout` is not a time, or there is no such option
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * app.use(etag());
 * app.get('/notes/:id', etag({ current: (c) => notes.state(c.req.param('id')) }), showNote);
 */
// biome-ignore lint/suspicious/noExplicitAny: as Hono’s own middleware, it fits an app of any environment
export function etag<E extends Env = any>(options: EtagOptions<E> | false = {}): MiddlewareHandler<E> {
  if (options !== false) checkOptions(options, [...READ_NAMES, 'limit']);
  return (c, next) => {
    setOff(c, !options);
    if (!options) return next();
    const { current: find } = options;
    return find ? current(c, next, find, options) : finish(c, next, options);
  };
}
