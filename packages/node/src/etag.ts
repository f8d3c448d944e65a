import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkOptions, type ReadOptions, setOff } from '@etag/core';
import { type Current, current } from './current.ts';
import { finish } from './finish.ts';
import { goOn, type Next } from './next.ts';

/** How responses are tagged. */
export interface EtagOptions<Request extends IncomingMessage = IncomingMessage> extends ReadOptions {
  /**
   * Finds the validators before the handler runs; when the client has that state already, the handler is not called.
   * Leave it out to tag the content that the handler sends.
   */
  current?: Current<Request> | undefined;
}

/** A middleware: of connect, polka and restify, or called by yourself around a handler. */
export type Middleware<Request extends IncomingMessage = IncomingMessage> = (
  req: Request,
  res: ServerResponse,
  next: Next,
) => unknown;

/**
 * Makes a middleware: responses to GET, HEAD and QUERY get a tag, and a client that has the content gets a 304.
 *
 * Header fields that belong on the 304 of an early `etag({ current })` as on the 200 (Cache-Control, Vary) are set before
 * it, by `res.setHeader()`.
 *
 * @param options - `current`, `weak`, `digest`, `timeout` and `onDecision`; false to leave the responses of a handler out:
 *   an `etag()` further out neither tags them nor answers 304
 * @returns the middleware
 * @throws TypeError when `current` is not a function, `timeout` not a time, or there is no such option
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * const tag = etag();
 * createServer((req, res) => tag(req, res, () => handler(req, res)));
 */
export function etag<Request extends IncomingMessage = IncomingMessage>(
  options: EtagOptions<Request> | false = {},
): Middleware<Request> {
  if (options !== false) checkOptions(options);
  return (req, res, next) => {
    setOff(req, !options);
    if (!options) return goOn(res, next);
    const { current: find } = options;
    return find ? current(req, res, next, find, options) : finish(req, res, next, options);
  };
}
