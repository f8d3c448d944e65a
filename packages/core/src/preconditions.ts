import { type Decision, UNCONDITIONAL } from './decision.ts';
import { evaluateIfMatch } from './if-match.ts';
import { evaluateIfModifiedSince } from './if-modified-since.ts';
import { evaluateIfNoneMatch } from './if-none-match.ts';
import { evaluateIfUnmodifiedSince } from './if-unmodified-since.ts';
import { isRead, takesPreconditions } from './method.ts';
import { type FieldRecord, namedField, type RequestHead } from './request-head.ts';
import { checkState, type ResourceState } from './resource-state.ts';

/** What an evaluation depends on beside the request and the state. */
export interface EvaluateOptions {
  /** The status that the response would have without the preconditions. @default 200 */
  status?: number | undefined;
  /**
   * Whether `W/"v7"` in If-Match counts as `"v7"` where the current tag is strong: a proxy that compresses (nginx, HAProxy,
   * Varnish, Cloudflare) weakened it on its way. Both name the same state, so nothing can be lost. A deviation from
   * RFC 9110 §13.1.1, which asks for the strong comparison.
   * @default false
   */
  acceptWeakened?: boolean | undefined;
}

/**
 * Decides what the preconditions of a request come to, in the order that the standard lays down. A tag of a coded
 * representation (`"v7-gzip"`) names what the tag without its coding names.
 *
 * @param request - the method and the header fields
 * @param current - the validators of the selected representation; null when none exists
 * @param options - `status`: the status without the preconditions; when it is neither 2xx nor 412 they are ignored.
 *   `acceptWeakened`: whether a weakened tag passes If-Match
 * @returns a frozen decision: proceed, not-modified (304) or failed (412), with the field and the reason
 * @throws TypeError when `current` holds a tag or a time that is not one: a mistake of the caller. What the peer sent
 *   never throws.
 * @see RFC 9110 §13.2
 * @example
 * const request = { method: 'PUT', headers: { 'if-match': '"v6"' } };
 * evaluatePreconditions(request, { etag: '"v7"' }); // { outcome: 'failed', field: 'if-match', reason: 'no-match', form: null }
 */
export function evaluatePreconditions(
  request: RequestHead,
  current: ResourceState | null,
  options?: EvaluateOptions,
): Decision {
  checkState(current);
  const { method } = request;
  const headers = request.headers as FieldRecord;
  const read = isRead(method);
  // RFC 9110 §13.2.1: MUST ignore with a method that does not involve a selected representation
  if (!read && !takesPreconditions(method)) return UNCONDITIONAL;
  // RFC 9110 §13.2.1: MUST ignore when the plain response would be neither 2xx nor 412
  const status = options?.status ?? 200;
  if (status !== 412 && (status < 200 || status > 299)) return UNCONDITIONAL;

  const guard = evaluateGuard(headers, current, options?.acceptWeakened);
  if (guard?.outcome === 'failed') return guard;
  // Where the other fields are ignored, the guard that passed has decided.
  // RFC 9110 §13.2.2 steps 5 and 6: Range is evaluateRange's; otherwise perform the method
  return evaluateCache(headers, read, current) ?? guard ?? UNCONDITIONAL;
}

/** The preconditions that guard against lost updates; null when none applies. */
function evaluateGuard(
  headers: FieldRecord,
  current: ResourceState | null,
  acceptWeakened: boolean | undefined,
): Decision | null {
  // RFC 9110 §13.2.2 step 1
  const ifMatch = namedField(headers, 'if-match', headers['if-match']);
  if (ifMatch !== null) return evaluateIfMatch(ifMatch, current, acceptWeakened);
  // RFC 9110 §13.2.2 step 2
  const ifUnmodifiedSince = namedField(headers, 'if-unmodified-since', headers['if-unmodified-since']);
  return ifUnmodifiedSince === null ? null : evaluateIfUnmodifiedSince(ifUnmodifiedSince, current);
}

/** The preconditions that save a transfer, or prevent a second creation; null when none applies. */
function evaluateCache(headers: FieldRecord, read: boolean, current: ResourceState | null): Decision | null {
  // RFC 9110 §13.2.2 step 3
  const ifNoneMatch = namedField(headers, 'if-none-match', headers['if-none-match']);
  if (ifNoneMatch !== null) return evaluateIfNoneMatch(ifNoneMatch, read, current);
  // RFC 9110 §13.2.2 step 4
  const ifModifiedSince = read ? namedField(headers, 'if-modified-since', headers['if-modified-since']) : null;
  return ifModifiedSince === null ? null : evaluateIfModifiedSince(ifModifiedSince, current);
}
