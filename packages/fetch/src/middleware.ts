import { type EtagOptions, etag } from './etag.ts';

/** Goes on to the handler, and returns its response. */
export type Next = () => Response | Promise<Response>;

/**
 * The same as `etag()`, for frameworks whose middlewares take the request and a function that goes on: their responses to
 * GET, HEAD and QUERY get a tag, a client that has the content gets a 304, and an error of these packages that is thrown
 * below becomes its 412 or 428.
 *
 * @param options - `current`, `weak`, `digest`, `limit`, `timeout` and `onDecision`; false to leave the responses of a route
 *   out: an `etag()` further out neither tags them nor answers 304
 * @returns a function of the request and `next`
 * @see RFC 9110 §8.8.3, §13.2, §15.4.5
 * @example
 * const tagged = middleware();
 * // SvelteKit, src/hooks.server.ts
 * export const handle = ({ event, resolve }) => tagged(event.request, () => resolve(event));
 */
export function middleware<R extends Request = Request>(
  options?: EtagOptions<R, [next: Next]> | false,
): (request: R, next: Next) => Promise<Response> {
  return etag((_request: R, next: Next) => next(), options);
}
