import { type Decision, UNCONDITIONAL } from './decision.js';
import type { EntityTag } from './entity-tag.js';
import { evaluateIfMatch } from './if-match.js';
import { evaluateIfModifiedSince } from './if-modified-since.js';
import { evaluateIfNoneMatch } from './if-none-match.js';
import { evaluateIfUnmodifiedSince } from './if-unmodified-since.js';
import { isSafeMethod, takesPreconditions } from './method.js';
import { type FieldRecord, namedField, type RequestHead } from './request-head.js';
import type { ResourceState } from './resource-state.js';

export interface EvaluateOptions {
  /** The status that the response would have without the preconditions. @default 200 */
  status?: number | undefined;
  /**
   * Finds the form of the current tag that a field names. Pass `namedTag` where the tags of coded responses come in as well.
   * @default the tag as it stands
   */
  named?: ((list: string, tag: EntityTag) => EntityTag | null) | undefined;
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
  const { method } = request;
  const headers = request.headers as FieldRecord;
  const safe = isSafeMethod(method);
  // RFC 9110 §13.2.1: MUST ignore with a method that does not involve a selected representation
  if (!safe && !takesPreconditions(method)) return UNCONDITIONAL;
  // RFC 9110 §13.2.1: MUST ignore when the plain response would be neither 2xx nor 412
  const status = options?.status ?? 200;
  if (status !== 412 && (status < 200 || status > 299)) return UNCONDITIONAL;

  const guard = evaluateGuard(headers, current, options);
  if (guard?.outcome === 'failed') return guard;
  // A field that is ignored leaves the word to the guard that passed.
  // RFC 9110 §13.2.2 steps 5 and 6: Range is evaluateRange's; otherwise perform the method
  return evaluateCache(headers, safe, current, options) ?? guard ?? UNCONDITIONAL;
}

/** The preconditions that guard against lost updates; null when none applies. */
function evaluateGuard(
  headers: FieldRecord,
  current: ResourceState | null,
  options: EvaluateOptions | undefined,
): Decision | null {
  // RFC 9110 §13.2.2 step 1
  const ifMatch = namedField(headers, 'if-match', headers['if-match']);
  if (ifMatch !== null) return evaluateIfMatch(ifMatch, asNamed(ifMatch, current, options));
  // RFC 9110 §13.2.2 step 2
  const ifUnmodifiedSince = namedField(headers, 'if-unmodified-since', headers['if-unmodified-since']);
  return ifUnmodifiedSince === null ? null : evaluateIfUnmodifiedSince(ifUnmodifiedSince, current);
}

/** The preconditions that spare a transfer, or a second creation; null when none applies. */
function evaluateCache(
  headers: FieldRecord,
  safe: boolean,
  current: ResourceState | null,
  options: EvaluateOptions | undefined,
): Decision | null {
  // RFC 9110 §13.2.2 step 3
  const ifNoneMatch = namedField(headers, 'if-none-match', headers['if-none-match']);
  if (ifNoneMatch !== null) return evaluateIfNoneMatch(ifNoneMatch, safe, asNamed(ifNoneMatch, current, options));
  // RFC 9110 §13.2.2 step 4
  const ifModifiedSince = safe ? namedField(headers, 'if-modified-since', headers['if-modified-since']) : null;
  return ifModifiedSince === null ? null : evaluateIfModifiedSince(ifModifiedSince, current);
}

/** The state under the form of its tag that a field names. */
function asNamed(
  list: string,
  current: ResourceState | null,
  options: EvaluateOptions | undefined,
): ResourceState | null {
  const tag = current?.etag;
  return tag && options?.named && tag !== list ? { ...current, etag: options.named(list, tag) ?? tag } : current;
}
