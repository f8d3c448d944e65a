import { parseEntityTag } from '@etag/core';
import type { StoredResponse } from './port.ts';

/** Which validators to send: both, as RFC 9111 asks for; or one alone, to a server that mishandles the pair. */
export type Validators = 'both' | 'etag' | 'last-modified';

/** The preconditions of RFC 9110 §13.1 and the fields of a range request: who sends one evaluates the answer. */
const PRECONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'];

/** The first precondition that a request has of its own; undefined when it has none. */
export function preconditionOf(fields: Pick<ReadonlyMap<string, string>, 'has'>): string | undefined {
  return PRECONDITIONS.find((name) => fields.has(name));
}

/** Takes the preconditions off a request. */
export function withoutPreconditions(fields: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(Array.from(fields).filter(([name]) => !PRECONDITIONS.includes(name)));
}

/**
 * The preconditions that validate a stored response: its validators as they were received, letter by letter; never a date of
 * our own making.
 *
 * @returns null when the response has no validator to send
 * @see RFC 9111 §4.3.1
 */
export function validatingFields(
  { status, headers }: Pick<StoredResponse, 'status' | 'headers'>,
  validators: Validators,
): Record<string, string> | null {
  // RFC 9110 §13.2.1: of anything but a 2xx no precondition is evaluated
  if (status < 200 || status > 299) return null;
  const { 'last-modified': lastModified } = headers;
  const etag = meansAny(headers.etag) ? undefined : headers.etag;
  const fields: Record<string, string> = {};
  // Where the preferred one is missing, the other is better than none.
  if (etag && (validators !== 'last-modified' || !lastModified)) fields['if-none-match'] = etag;
  if (lastModified && (validators !== 'etag' || !etag)) fields['if-modified-since'] = lastModified;
  return etag || lastModified ? fields : null;
}

/** Whether what came as a tag would match whatever there is, once it is sent in If-None-Match. */
function meansAny(etag: string | undefined): boolean {
  return etag !== undefined && parseEntityTag(etag) === null && /(^|,)\s*\*\s*(,|$)/.test(etag);
}
