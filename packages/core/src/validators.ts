import { type EntityTag, parseEntityTag } from './entity-tag.ts';
import { formatHttpDate } from './http-date.ts';
import { isRead } from './method.ts';
import type { ResourceState } from './resource-state.ts';
import { listsToken, type ResponseFields, type ResponseHead } from './response-head.ts';

/**
 * Whether a response may carry the validators of the selected representation, and become a 304 or a 412: a 2xx to GET, HEAD
 * or QUERY. A 206 too, since preconditions come before Range. A 404 stays a 404.
 *
 * @param method - of the request
 * @param status - of the response, without the preconditions
 * @returns whether it may
 * @see RFC 9110 §13.2.1, §15.3.7, §15.4.5
 */
export function takesValidators(method: string, status: number): boolean {
  return isRead(method) && status >= 200 && status < 300;
}

/**
 * Whether a response gets a tag made from its content: it has all of it, may be stored, ends, and has no tag of its own.
 *
 * @param method - of the request
 * @param head - of the response, as the handler finished it
 * @returns whether it gets one
 * @see RFC 9110 §8.8.3.1, RFC 9111 §5.2.2.5
 */
export function takesContentTag(method: string, { status, headers }: ResponseHead): boolean {
  return (
    takesValidators(method, status) &&
    // Neither 204 nor 205 has content, and 206 has a part of it.
    (status < 204 || status > 206) &&
    headers.get('etag') === null &&
    !listsToken(headers.get('cache-control'), 'no-store') &&
    !listsToken(headers.get('content-type'), 'text/event-stream')
  );
}

/**
 * The tag that the application set. What it set and is not a tag is removed, since it must not leave.
 *
 * @param headers - the fields of a response
 * @returns null where there is none
 * @see RFC 9110 §8.8.3
 */
export function takeOwnTag(headers: ResponseFields): EntityTag | null {
  const own = headers.get('etag');
  const tag = own === null ? null : parseEntityTag(own);
  if (own !== null && !tag) headers.delete('etag');
  return tag;
}

/**
 * Gives a response the validators that were known before it was made, where it may carry them and has none of its own. They
 * were read before the content, so they are never newer than it.
 *
 * @param method - of the request
 * @param head - of the response
 * @param state - null when there is no current representation
 * @see RFC 9110 §8.8
 */
export function addValidators(method: string, { status, headers }: ResponseHead, state: ResourceState | null): void {
  // A 304 that the handler makes stands for a 200.
  if (!state || !takesValidators(method, status === 304 ? 200 : status)) return;
  setValidators(headers, state);
}

/**
 * Takes back the validators that a response was given before it was known to be an error, or another response that is not
 * the representation.
 *
 * @param headers - the fields of the response
 * @param state - what was given to `addValidators`; what the application set instead stays
 * @see RFC 9110 §8.8
 */
export function removeValidators(headers: ResponseFields, { etag, lastModified }: ResourceState): void {
  if (etag && headers.get('etag') === etag) headers.delete('etag');
  if (lastModified != null && headers.get('last-modified') === formatHttpDate(lastModified))
    headers.delete('last-modified');
}

/** Sets the validators that are not there yet: both, or neither where one of them cannot be written. */
export function setValidators(headers: ResponseFields, { etag, lastModified }: ResourceState): void {
  const date = lastModified == null ? null : formatHttpDate(lastModified);
  if (etag && headers.get('etag') === null) headers.set('etag', etag);
  if (date && headers.get('last-modified') === null) headers.set('last-modified', date);
}
