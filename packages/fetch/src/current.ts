import {
  addValidators,
  type Circumstances,
  codeTag,
  comparesDates,
  type Decision,
  evaluateRead,
  isObserved,
  type ObserveOptions,
  type ResourceState,
  takeOwnTag,
  takesValidators,
} from '@etag/core';
import { conclude, Finished, isTagOf, type Known, notModified, sentApart } from './finish.ts';
import { RecordFields } from './record-fields.ts';

/** Finds the validators of the resource that a request is for; null or undefined when there is no current representation. */
export type Current<R extends Request, Args extends unknown[]> = (
  request: R,
  ...args: Args
) => ResourceState | null | undefined | Promise<ResourceState | null | undefined>;

/**
 * Evaluates the preconditions of a read on validators that are known before the representation is made.
 *
 * @returns the 304; null when the representation has to be made
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §13.2.2
 */
export function answerCurrent(
  request: Request,
  state: ResourceState | null,
  circumstances: Circumstances,
): Response | null {
  const decision = evaluateRead(request, state, 200, circumstances);
  if (!state || decision.outcome === 'proceed') return null;
  return notModifiedResponse(request, state, decision);
}

/**
 * The 304 in place of a response of which nothing is known but its validators.
 *
 * @param request - the request that it answers
 * @param state - the validators, without a content coding
 * @param decision - what the preconditions come to: `not-modified`
 * @param known - `mayBeCoded`
 * @returns the 304
 * @see RFC 9110 §15.4.5
 */
export function notModifiedResponse(
  request: Request,
  state: ResourceState,
  decision: Decision,
  known?: Known,
): Response {
  const fields = new RecordFields();
  notModified(request, fields, { decision, state, isSettled: decision.reason === 'matched' }, known);
  return new Response(null, { status: 304, headers: fields.record });
}

/**
 * Gives a response the validators that were known before it was made, unless the handler said something else of them, and
 * evaluates the preconditions on what it has then. An empty ETag or Last-Modified says that there is none.
 *
 * @param request - the request that it answers
 * @param response - as the handler returned it, its fields `mutable`
 * @param state - the validators, without a content coding; null when there is no current representation
 * @param known - `plainTag`: where a compressor has coded the content since; `route`
 * @param options - `onDecision`
 * @returns the response with its validators, or a 304
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §8.8, §13.2
 */
export function withValidators(
  request: Request,
  response: Response,
  state: ResourceState | null,
  known: Known = {},
  options: ObserveOptions = {},
): Response {
  const { headers } = response;
  const isUnsaid = headers.get('etag') === null;
  // What the handler said stays, even that there is none.
  addValidators(request.method, response, state);
  const own = isUnsaid ? null : takeOwnTag(headers);
  const isCodedSince = isTagOf(own, known.plainTag);
  if (isCodedSince) headers.set('etag', known.plainTag);
  if (headers.get('last-modified') === '') headers.delete('last-modified');
  // It was evaluated before; the handler may have added a date since.
  if (
    takesValidators(request.method, response.status) &&
    isUnsaid &&
    !isCodedSince &&
    state?.etag &&
    !isObserved(options) &&
    !comparesDates(request.headers)
  ) {
    codeTag(request, response);
    return sentApart(response, state.etag);
  }
  const tagged = { tag: takeOwnTag(headers), isCodedSince: !own || isCodedSince, response };
  return conclude(request, tagged, known, new Finished(options, { ...known, hasState: true }));
}
