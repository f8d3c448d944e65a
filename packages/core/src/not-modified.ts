import { isRead } from './method.ts';
import type { ReadDecision } from './read.ts';
import { addVary, type ResponseFields, type ResponseHead } from './response-head.ts';
import { setValidators, takeOwnTag, takesValidators } from './validators.ts';

/**
 * The metadata of content, which a response without it does not have (RFC 9110 §8, RFC 9530); what has a proxy send a file as
 * the content; what frames a message with content (RFC 9112 §6, RFC 9110 §6.6.2).
 */
const OF_CONTENT =
  /^(?:content-(?:digest|disposition|encoding|language|length|md5|range|type)|(?:repr-)?digest|x-(?:accel-redirect|sendfile)|transfer-encoding|trailer)$/i;

/** A policy whose nonce stands in content that the client does not get: it would block the scripts of the stored page. */
const CONTENT_POLICY = /^content-security-policy(?:-report-only)?$/i;
const NONCE = /'nonce-/i;

/** Removes the fields that a response does not keep when its content does not go out. */
export function dropContentFields(headers: ResponseFields, isAlsoDropped?: RegExp): void {
  for (const name of [...headers.keys()]) {
    if (OF_CONTENT.test(name) || isAlsoDropped?.test(name)) headers.delete(name);
  }
}

/**
 * Makes the fields of a 200 those of the 304 that stands for it. It loses the metadata of content, all framing, and a
 * Content-Security-Policy with a nonce; all others stay: Vary, Cache-Control, the CORS fields, Set-Cookie.
 *
 * @param headers - the fields of the 200, those that were set before an early 304, or those of a 304 that the handler made
 * @param read - what the preconditions came to. Null, or `proceed`, where the handler made the 304: its validators are those
 *   that it has
 * @see RFC 9110 §15.4.5
 */
export function toNotModified(headers: ResponseFields, read: Pick<ReadDecision, 'state' | 'decision'> | null): void {
  dropContentFields(headers);
  for (const name of [...headers.keys()]) {
    if (CONTENT_POLICY.test(name) && NONCE.test(headers.get(name) ?? '')) headers.delete(name);
  }
  if (read?.decision.outcome !== 'not-modified') return;
  const { form } = read.decision;
  // RFC 9111 §4.3.4: a cache updates the stored response whose tag the 304 carries.
  const tag = form ?? read.state.etag;
  if (tag) headers.set('etag', tag);
  setValidators(headers, read.state);
  // A client that has a coded form of the tag has stored a response that varies by coding.
  if (form) addVary(headers, 'Accept-Encoding');
}

/**
 * Passes by a response whose preconditions are not evaluated, such as a 404, or a 304 that the handler made. Of a read, it
 * loses what must not leave: what is not a tag, and what no 304 carries.
 *
 * @param method - of the request
 * @param head - of the response, as the handler finished it
 * @returns false for a response that takes validators
 * @see RFC 9110 §13.2.1, §15.4.5
 */
export function passBy(method: string, { status, headers }: ResponseHead): boolean {
  if (takesValidators(method, status)) return false;
  if (isRead(method)) takeOwnTag(headers);
  if (status === 304) toNotModified(headers, null);
  return true;
}
