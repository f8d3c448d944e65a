import type { Decision } from './decision.ts';
import type { ResourceState } from './resource-state.ts';
import { addVary, type ResponseFields } from './response-head.ts';
import { setValidators } from './validators.ts';

/**
 * The metadata of content, which a response without it does not have (RFC 9110 §8, RFC 9530), and what has a proxy send a file
 * as the content.
 */
const CONTENT_METADATA =
  /^(?:content-(?:digest|disposition|encoding|language|length|md5|range|type)|(?:repr-)?digest|x-(?:accel-redirect|sendfile))$/i;

/** What frames a message with content (RFC 9112 §6, RFC 9110 §6.6.2). Content-Length is one of the fields above. */
const FRAMING = /^(?:transfer-encoding|trailer)$/i;

/** A policy whose nonce stands in content that the client does not get: it would block the scripts of the stored page. */
const CONTENT_POLICY = /^content-security-policy(?:-report-only)?$/i;
const NONCE = /'nonce-/i;

/** Removes the fields that a response does not keep when its content does not go out. */
export function dropContentFields(headers: ResponseFields, isAlsoDropped?: RegExp): void {
  for (const name of [...headers.keys()]) {
    if (CONTENT_METADATA.test(name) || FRAMING.test(name) || isAlsoDropped?.test(name)) headers.delete(name);
  }
}

/**
 * Makes the fields of a 200 those of the 304 that stands for it. It loses the metadata of content, all framing, and a
 * Content-Security-Policy with a nonce; all others stay: Vary, Cache-Control, the CORS fields, Set-Cookie.
 *
 * @param headers - the fields of the 200, or those that were set before an early 304
 * @param state - the validators, without a content coding
 * @param decision - that of `evaluatePreconditions` on them
 * @see RFC 9110 §15.4.5
 */
export function toNotModified(headers: ResponseFields, state: ResourceState, { form }: Pick<Decision, 'form'>): void {
  dropContentFields(headers);
  for (const name of [...headers.keys()]) {
    if (CONTENT_POLICY.test(name) && NONCE.test(headers.get(name) ?? '')) headers.delete(name);
  }
  // RFC 9111 §4.3.4: a cache updates the stored response whose tag the 304 carries.
  const tag = form ?? state.etag;
  if (tag) headers.set('etag', tag);
  setValidators(headers, state);
  // A client that has a coded form of the tag has stored a response that varies by coding.
  if (form) addVary(headers, 'Accept-Encoding');
}
