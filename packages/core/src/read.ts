import { type Decision, UNCONDITIONAL } from './decision.ts';
import { type Circumstances, report, reportRefusal } from './decision-event.ts';
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
 * @param circumstances - who is told of the decision. A read that goes on to its handler is reported when it is finished.
 * @param untagged - the head of a response that has no tag, for those who are told why; null where it has one
 * @returns `proceed` or `not-modified`
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @throws TypeError when the state is not one
 * @see RFC 9110 §13.2
 */
export function evaluateRead(
  request: RequestHead,
  state: ResourceState | null,
  status = 200,
  circumstances?: Circumstances,
  untagged: ResponseHead | null = null,
): Decision {
  // RFC 9110 §13.2.1: what would be a 404 without the preconditions stays one
  const decision = state === null ? UNCONDITIONAL : evaluatePreconditions(request, state, { status });
  const { outcome, field, reason } = decision;
  if (outcome === 'failed')
    throw reportRefusal(request, circumstances, new PreconditionFailedError(request, decision, state));
  if (outcome === 'not-modified') report(request, circumstances, { status: 304, field, reason });
  else if (circumstances?.handlerRan) report(request, circumstances, { status, field, reason, untagged });
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
 * @param circumstances - who is told of the decision
 * @returns the decision, `proceed` or `not-modified`
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §13.2, §8.8.3.3
 */
export function evaluateResponse(
  request: RequestHead,
  head: ResponseHead,
  tag: EntityTag | null,
  isCodedSince = false,
  circumstances?: Circumstances,
): ReadDecision {
  const { status, headers } = head;
  // Fields are expensive to look up: the date is read where it can matter.
  const date = tag && !comparesDates(request.headers) ? null : headers.get('last-modified');
  const state: ResourceState = { etag: tag, lastModified: date === null ? null : parseHttpDate(date) };
  // Without a validator there is nothing to compare with.
  const isComparable = tag !== null || state.lastModified !== null;
  const decision = evaluateRead(request, isComparable ? state : null, status, circumstances, tag ? null : head);
  const cameCoded = !isCodedSince && headers.get('content-encoding') !== null;
  // The form that a list names is the one that the client has stored.
  const isNamed = decision.outcome === 'not-modified' && decision.reason === 'matched';
  return { state, decision, isSettled: cameCoded || isNamed };
}
