import { isSafeMethod } from './method.js';

/** What of a response decides whether it gets a tag. */
export interface ResponseHead {
  readonly status: number;
  /** The value of the Cache-Control field; null when there is none. */
  readonly cacheControl: string | null | undefined;
  /** The value of the Content-Type field; null when there is none. */
  readonly contentType: string | null | undefined;
}

// Directives and media types are case-insensitive (RFC 9111 §5.2, RFC 9110 §8.3.1).
const NO_STORE = /\bno-store\b/i;
const EVENT_STREAM = /event-stream/i;

/**
 * Whether a response to a method may carry a validator and be turned into a 304: a 2xx to GET, HEAD or QUERY, a 206 too,
 * since preconditions come before Range. A repeated 404 stays a 404.
 *
 * @see RFC 9110 §13.2.1, §15.3.7, §15.4.5
 */
export function isConditional(method: string, status: number): boolean {
  return isSafeMethod(method) && status >= 200 && status < 300;
}

/**
 * Whether a response gets a tag made from its content: a conditional one that has all of it, may be stored, and ends.
 *
 * @see RFC 9110 §8.8.3.1, RFC 9111 §5.2.2.5
 */
export function isTaggable(method: string, response: ResponseHead): boolean {
  const { status, cacheControl, contentType } = response;
  return (
    isConditional(method, status) &&
    // Neither 204 nor 205 has content, and 206 has a part of it.
    (status < 204 || status > 206) &&
    !NO_STORE.test(cacheControl ?? '') &&
    !EVENT_STREAM.test(contentType ?? '')
  );
}
