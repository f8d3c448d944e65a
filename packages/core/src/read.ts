import { type Decision, UNCONDITIONAL } from './decision.ts';
import type { EntityTag } from './entity-tag.ts';
import { PreconditionFailedError } from './errors.ts';
import { parseHttpDate } from './http-date.ts';
import { evaluatePreconditions } from './preconditions.ts';
import { comparesDates, type RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';
import type { ResponseHead } from './response-head.ts';

/**
 * Evaluates the preconditions of a read on its validators.
 *
 * @param request - the method and the header fields
 * @param state - the validators, without a content coding; null when there is no current representation
 * @param status - that the response has without the preconditions; @default 200
 * @returns `proceed` or `not-modified`
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @throws TypeError when the state is not one
 * @see RFC 9110 §13.2
 */
export function evaluateRead(request: RequestHead, state: ResourceState | null, status = 200): Decision {
  // RFC 9110 §13.2.1: what would be a 404 without the preconditions stays one
  if (state === null) return UNCONDITIONAL;
  const decision = evaluatePreconditions(request, state, { status });
  if (decision.outcome === 'failed') throw new PreconditionFailedError(request, decision, state);
  return decision;
}

/** What the preconditions of a read come to for a response that is made. */
export interface ReadDecision {
  readonly decision: Decision;
  /** The validators of the response, for `toNotModified`. */
  readonly state: ResourceState;
  /**
   * Whether the tag leaves as it is. Otherwise it names the representation without a coding, and `codeTag` finishes it
   * when the head is about to leave.
   */
  readonly isSettled: boolean;
}

/**
 * Evaluates the preconditions of a read on a response as its handler finished it.
 *
 * @param request - the method and the header fields
 * @param head - of the response, as the handler finished it
 * @param tag - of the representation; null when it has none
 * @param isCodedSince - whether the content coding was applied after the handler finished the head. Otherwise the
 *   representation came coded, and its tag is that of the coded form already.
 * @returns the decision, `proceed` or `not-modified`
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §13.2, §8.8.3.3
 */
export function evaluateResponse(
  request: RequestHead,
  { status, headers }: ResponseHead,
  tag: EntityTag | null,
  isCodedSince = false,
): ReadDecision {
  // Fields are expensive to look up: the date is read where it can matter.
  const date = tag && !comparesDates(request.headers) ? null : headers.get('last-modified');
  const state: ResourceState = { etag: tag, lastModified: date === null ? null : parseHttpDate(date) };
  // Without a validator there is nothing to compare with.
  const isComparable = tag !== null || state.lastModified !== null;
  const decision = isComparable ? evaluateRead(request, state, status) : UNCONDITIONAL;
  const cameCoded = !isCodedSince && headers.get('content-encoding') !== null;
  // The form that a list names is the one that the client has stored.
  const isNamed = decision.outcome === 'not-modified' && decision.reason === 'matched';
  return { state, decision, isSettled: cameCoded || isNamed };
}
