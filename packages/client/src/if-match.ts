import { type EntityTag, EtagError, isWeak, PreconditionRequiredError, parseEntityTag, problem } from '@etag/core';
import type { Context } from './context.ts';
import { keyOf } from './key.ts';
import type { ClientRequest } from './request.ts';

/** The tag of a response, if it can guard a write: If-Match compares strongly (RFC 9110 §13.1.1), unless the server takes weak tags. */
export function guardingTag(fieldValue: string | null | undefined, acceptWeakened?: boolean): EntityTag | null {
  const tag = parseEntityTag(fieldValue ?? '');
  return tag && (acceptWeakened || !isWeak(tag)) ? tag : null;
}

/**
 * Guards a write with the tag of what was read last under its identity.
 *
 * @throws PreconditionRequiredError when nothing is stored that has a tag: without one, the write would overwrite
 * @throws WeakTagError when that tag is weak
 */
export async function withStoredTag(context: Context, request: ClientRequest): Promise<ClientRequest> {
  const stored = await context.openStore().list(keyOf(request.partition, request.url));
  const [latest] = [...stored].sort((a, b) => b.received - a.received);
  const tag = guardingTag(latest?.headers.etag);
  if (!tag) throw unguarded(request.url.href, latest?.headers.etag);
  return { ...request, fields: new Map([...request.fields, ['if-match', tag]]) };
}

/**
 * A write was not sent: the only tag that is known is weak, and cannot guard it. A server would refuse it with the same reason.
 *
 * ```http
 * HTTP/1.1 200 OK
 * ETag: W/"v7"
 * ```
 *
 * @see RFC 9110 §13.1.1
 */
export class WeakTagError extends EtagError {
  override readonly name = 'WeakTagError';
  readonly code = 'ETAG_WEAK_TAG';

  /**
   * @param url - of the resource
   * @param current - its weak tag
   */
  constructor(url: string, current: EntityTag) {
    const detail = `The tag of ${url} is weak and guards no write: see acceptWeakened.`;
    super(problem(412, 'Precondition Failed', detail, { field: 'if-match', reason: 'weak', current }));
  }
}

/**
 * The error of a write that is not sent, since no strong tag can guard it.
 *
 * @param fieldValue - the ETag field of what was read
 */
export function unguarded(url: string, fieldValue: string | null | undefined): EtagError {
  const tag = parseEntityTag(fieldValue ?? '');
  if (tag) return new WeakTagError(url, tag);
  return new PreconditionRequiredError({ cause: new Error(`No tag of ${url} is known.`) });
}
