import { type Decision, UNCONDITIONAL } from './decision.js';
import { evaluateIfMatch } from './if-match.js';
import { evaluateIfModifiedSince } from './if-modified-since.js';
import { evaluateIfNoneMatch } from './if-none-match.js';
import { evaluateIfUnmodifiedSince } from './if-unmodified-since.js';
import { isSafeMethod, takesPreconditions } from './method.js';
import { fieldValue, type RequestHead } from './request-head.js';
import type { ResourceState } from './resource-state.js';

export interface EvaluateOptions {
  /** The status that the response would have without the preconditions. @default 200 */
  status?: number | undefined;
}

/**
 * Decides what the preconditions of a request come to, in the order that the standard lays down.
 *
 * @param request - the method and the header fields
 * @param current - the validators of the selected representation; null when none exists
 * @param options - `status`: the status without the preconditions; when it is neither 2xx nor 412 they are ignored
 * @returns a shared frozen decision: proceed, not-modified (304) or failed (412), with the field and the reason
 * @throws TypeError when `current.etag` is not an entity tag: a mistake of the caller. What the peer sent never throws.
 * @see RFC 9110 §13.2
 * @example
 * const request = { method: 'PUT', headers: { 'if-match': '"v6"' } };
 * evaluatePreconditions(request, { etag: '"v7"' }); // { outcome: 'failed', field: 'if-match', reason: 'no-match' }
 */
export function evaluatePreconditions(
  request: RequestHead,
  current: ResourceState | null,
  options?: EvaluateOptions,
): Decision {
  const { method, headers } = request;
  // RFC 9110 §13.2.1: MUST ignore with a method that does not involve a selected representation
  if (!takesPreconditions(method)) return UNCONDITIONAL;
  // RFC 9110 §13.2.1: MUST ignore when the plain response would be neither 2xx nor 412
  const status = options?.status ?? 200;
  if (status !== 412 && (status < 200 || status > 299)) return UNCONDITIONAL;

  const guard = evaluateGuard(headers, current);
  if (guard?.outcome === 'failed') return guard;
  // A field that is ignored leaves the word to the guard that passed.
  // RFC 9110 §13.2.2 steps 5 and 6: Range is evaluateRange's; otherwise perform the method
  return evaluateCache(headers, isSafeMethod(method), current) ?? guard ?? UNCONDITIONAL;
}

/** The preconditions that guard against lost updates; null when none applies. */
function evaluateGuard(headers: RequestHead['headers'], current: ResourceState | null): Decision | null {
  // RFC 9110 §13.2.2 step 1
  const ifMatch = fieldValue(headers, 'if-match');
  if (ifMatch !== null) return evaluateIfMatch(ifMatch, current);
  // RFC 9110 §13.2.2 step 2
  const ifUnmodifiedSince = fieldValue(headers, 'if-unmodified-since');
  return ifUnmodifiedSince === null ? null : evaluateIfUnmodifiedSince(ifUnmodifiedSince, current);
}

/** The preconditions that spare a transfer, or a second creation; null when none applies. */
function evaluateCache(headers: RequestHead['headers'], safe: boolean, current: ResourceState | null): Decision | null {
  // RFC 9110 §13.2.2 step 3
  const ifNoneMatch = fieldValue(headers, 'if-none-match');
  if (ifNoneMatch !== null) return evaluateIfNoneMatch(ifNoneMatch, safe, current);
  // RFC 9110 §13.2.2 step 4
  const ifModifiedSince = safe ? fieldValue(headers, 'if-modified-since') : null;
  return ifModifiedSince === null ? null : evaluateIfModifiedSince(ifModifiedSince, current);
}
