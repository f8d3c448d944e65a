import {
  codedTag,
  evaluatePreconditions,
  fieldValue,
  formatHttpDate,
  isConditional,
  namedTag,
  PreconditionFailedError,
  type RequestHead,
  type ResourceState,
} from '@etag/core';
import { rememberTag } from './conditional.js';
import { type Fields, withFields } from './fields.js';

/**
 * Evaluates the preconditions of a read on validators that are known before the representation is made.
 *
 * @param state - the validators, without a content coding; null when there is no current representation
 * @returns the header fields of the 304; null when the representation must be made
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §13.2.2
 */
export function notModifiedFields(request: RequestHead, state: ResourceState | null): Fields | null {
  if (!state) return null;
  const decision = evaluatePreconditions(request, state, { named: namedTag });
  if (decision.outcome === 'failed') throw new PreconditionFailedError(request.method, decision, state);
  if (decision.outcome === 'proceed') return null;
  const named = state.etag && (namedTag(fieldValue(request.headers, 'if-none-match'), state.etag) ?? state.etag);
  const fields = validatorFields({ ...state, etag: named });
  // Whoever holds a coded form of the tag stored a response that varies by coding.
  return named === state.etag ? fields : { ...fields, vary: 'Accept-Encoding' };
}

/**
 * Gives a response the validators that were known before it was made, unless the handler set its own. They were read
 * before the content, so they are never newer than it.
 *
 * @param request - for an outer `etag()` to tell the tag from what a compressor in between makes of it
 */
export function addValidators(request: RequestHead, response: Response, state: ResourceState | null): Response {
  if (!state || !isConditional(request.method, response.status)) return response;
  const { headers } = response;
  const etag = !headers.has('etag') && state.etag ? codedTag(state.etag, headers.get('content-encoding')) : null;
  if (etag) rememberTag(request, etag);
  return withFields(
    response,
    validatorFields({ etag, lastModified: headers.has('last-modified') ? null : state.lastModified }),
  );
}

function validatorFields(state: ResourceState): Fields {
  return {
    ...(state.etag && { etag: state.etag }),
    ...(state.lastModified != null && { 'last-modified': formatHttpDate(state.lastModified) }),
  };
}
