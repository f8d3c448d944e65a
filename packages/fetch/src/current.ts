import {
  addValidators,
  type Circumstances,
  codeTag,
  evaluateRead,
  isObserved,
  type ObserveOptions,
  type ResourceState,
  takeOwnTag,
  takesValidators,
} from '@etag/core';
import { isTagOf, type Known, notModified, sentApart } from './finish.ts';

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
  const headers = new Headers();
  notModified(request, headers, { decision, state, isSettled: decision.reason === 'matched' });
  return new Response(null, { status: 304, headers });
}

/**
 * Gives a response the validators that were known before it was made, unless the handler set its own.
 *
 * @param request - the request that it answers
 * @param response - as the handler returned it, its fields `mutable`
 * @param state - the validators, without a content coding; null when there is no current representation
 * @param known - `plainTag`: where a compressor has coded the content since; `route`
 * @param options - `onDecision`
 * @returns the response to send
 * @see RFC 9110 §8.8
 */
export function withValidators(
  request: Request,
  response: Response,
  state: ResourceState | null,
  { plainTag, route }: Known = {},
  { onDecision }: ObserveOptions = {},
): Response {
  if (!takesValidators(request.method, response.status)) return response;
  const circumstances: Circumstances = { onDecision, handlerRan: true, hasState: true, ...(route && { route }) };
  const { headers } = response;
  const own = takeOwnTag(headers);
  const tag = own ?? state?.etag;
  // Decided before the handler ran, and reported with its status.
  if (isObserved(circumstances)) evaluateRead(request, state, response.status, circumstances, tag ? null : response);
  const isCodedSince = isTagOf(own, plainTag);
  if (isCodedSince) headers.set('etag', plainTag);
  addValidators(request.method, response, state);
  if (!own || isCodedSince) codeTag(request, response);
  return sentApart(response, tag);
}
