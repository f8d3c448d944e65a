import { checkOptions, type ReadOptions, setOff } from '@etag/core';
import { type Current, current, type Middleware, nextAfter } from './current.ts';
import { finish } from './finish.ts';

/** How responses are tagged. */
export interface EtagOptions<P> extends ReadOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler sends.
   */
  current?: Current<P> | undefined;
}

/**
 * Makes a middleware: responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304.
 *
 * Header fields that belong on the 304 of an early `etag({ current })` as on the 200 (Cache-Control, Vary) are set before
 * it, by `res.set()`.
 *
 * @param options - `current`, `weak`, `digest`, `timeout` and `onDecision`; false to leave the responses of a route out: an
 *   `etag()` further out neither tags them nor answers 304, and nor does Express itself
 * @returns the middleware
 * @throws TypeError when `current` is not a function, `timeout` not a time, or there is no such option
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * app.use(etag());
 * app.get('/notes/:id', etag({ current: (req) => notes.state(req.params.id) }), showNote);
 */
// biome-ignore lint/suspicious/noExplicitAny: a middleware does not know the parameters of its route
export function etag<P = any>(options: EtagOptions<P> | false = {}): Middleware {
  if (options !== false) checkOptions(options);
  const { current: find, ...content } = options || {};
  return (req, res, next) => {
    setOff(req, !options);
    if (find) return nextAfter(() => current(req, res, find, content), next);
    finish(req, res, next, content);
    next();
  };
}
