import { dropContentFields } from './not-modified.ts';
import type { Answer } from './problem.ts';
import type { ResponseFields } from './response-head.ts';

/** What is said of a representation and its freshness, to any cache (RFC 9213), and not of a refusal. */
const REPRESENTATION =
  /^(?:accept-ranges|age|(?:[\w-]+-)?cache-control|content-location|etag|expires|last-modified|surrogate-control)$/i;

/**
 * Makes the fields of a response those of a refusal: it loses what is said of the representation, its content and its
 * framing, and keeps all others: Vary, the CORS fields, Set-Cookie, a request id.
 *
 * @param headers - the fields of the response
 * @param answer - the refusal: a 412, a 428, an error of these packages
 * @see RFC 9110 §15.5.13
 */
export function toRefusal(headers: ResponseFields, answer: Answer): void {
  dropContentFields(headers, REPRESENTATION);
  for (const [name, value] of Object.entries(answer.headers)) headers.set(name, value);
}

/**
 * Whether an answer refuses a write or a read: its response gets the fields of a refusal by `toRefusal`. A 404 does not: for how
 * long it may be stored is the application's to say.
 *
 * @param answer - as `respond` makes it
 * @returns true for 412, 428 and 503
 * @see RFC 9110 §15.5.13
 */
export function isRefusal({ status }: Answer<unknown>): boolean {
  return status > 404;
}
