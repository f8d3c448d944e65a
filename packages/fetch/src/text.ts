import { addValidators, type EntityTag, evaluateRead, type ResourceState, tagContent } from '@etag/core';
import { notModifiedResponse } from './current.ts';
import { type ContentOptions, Finished, type Known, sentApart } from './finish.ts';
import { RecordFields } from './record-fields.ts';

/** The text of a response that has its type, and no other field. */
export interface TextContent {
  readonly content: string;
  readonly type: string;
}

/**
 * Finishes a response of text that has nothing else: it is made with its tag, or a 304 in its place.
 *
 * @param request - the request that it answers
 * @param text - the content and its type
 * @param options - `weak` and `digest`
 * @param known - `route`
 * @returns the response; a promise where the digest gives one
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §8.8.3, §13.2
 */
export function finishText(
  request: Request,
  text: TextContent,
  options: ContentOptions,
  known: Known,
): Response | Promise<Response> {
  const seen = new Finished(options, known, text.content);
  const made = (etag: EntityTag | null) => {
    const fields = new RecordFields({ 'content-type': text.type });
    const state = etag && { etag };
    const decision = evaluateRead(request, state, 200, seen, etag ? null : { status: 200, headers: fields });
    return state && decision.outcome === 'not-modified'
      ? notModifiedResponse(request, state, decision, known)
      : textResponse(request, text, state);
  };
  const tag = tagContent(request, text.content, options, seen);
  return tag instanceof Promise ? tag.then(made) : made(tag);
}

/**
 * Makes a response of text with the validators that were known before.
 *
 * @param request - the request that it answers
 * @param text - the content and its type
 * @param state - the validators; null when there are none
 * @returns the response
 * @see RFC 9110 §8.8
 */
export function textResponse(
  { method }: Request,
  { content, type }: TextContent,
  state: ResourceState | null,
): Response {
  const headers = new RecordFields({ 'content-type': type });
  addValidators(method, { status: 200, headers }, state);
  return sentApart(new Response(content, { headers: headers.record }), state?.etag);
}
