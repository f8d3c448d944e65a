import {
  type ContentTagOptions,
  codedTag,
  contentTag,
  type EntityTag,
  evaluatePreconditions,
  fieldValue,
  isConditional,
  isTaggable,
  isWeak,
  namedTag,
  PreconditionFailedError,
  parseEntityTag,
  parseHttpDate,
  type RequestHead,
  staysOnNotModified,
  varyWith,
  weakCompare,
} from '@etag/core';
import { readyContent } from './content.js';
import { withFields } from './fields.js';

export interface ContentOptions extends ContentTagOptions {
  /** How many bytes of a body of unknown size are read to tag it; a larger one goes out untagged. @default 1_048_576 */
  limit?: number | undefined;
}

// A compressor between two of our middlewares weakens the strong tag that the inner one sent, since it cannot tell the
// coded form apart. The outer one can.
const strongTags = new WeakMap<object, EntityTag>();

/** Remembers the strong tag that the response to a request was given, for whoever sees it after a compressor. */
export function rememberTag(request: RequestHead, tag: EntityTag): void {
  strongTags.set(request, tag);
}

/**
 * Finishes a response: gives it a tag where it has none and may have one, and evaluates the preconditions on it.
 *
 * @param request - the object that `rememberTag` was given, too
 * @param content - what the body was made of before any coding, where that is known; then the body is not read
 * @returns the response with its validators, a 304, or a 412
 * @see RFC 9110 §13.2
 */
export async function conditional(
  request: RequestHead,
  response: Response,
  options: ContentOptions,
  content?: string | Uint8Array,
): Promise<Response> {
  const { headers, status } = response;
  if (!isConditional(request.method, status)) return response;
  const own = headers.get('etag');
  // A tag that the application set wins; one that is no tag is its own affair.
  if (own !== null) return answer(request, response, restored(request, response, parseEntityTag(own)), content);
  const head = { status, cacheControl: headers.get('cache-control'), contentType: headers.get('content-type') };
  // A HEAD that the handler answers by itself has no content to tell the tag from (RFC 9110 §9.3.2).
  const isUnknown = request.method === 'HEAD' && response.body === null;
  if (isUnknown || !isTaggable(request.method, head)) return answer(request, response, null, content);
  const ready =
    content === undefined ? await readyContent(response, options.limit ?? 1_048_576) : { response, content };
  const tag = ready.content === null ? null : await contentTag(ready.content, options);
  return answer(request, ready.response, tag, content);
}

/** The strong tag behind the one that a compressor weakened. */
function restored(request: RequestHead, response: Response, tag: EntityTag | null): EntityTag | null {
  const strong = strongTags.get(request);
  const weakened = strong && tag && isWeak(tag) && weakCompare(tag, strong);
  return weakened && response.headers.has('content-encoding') ? strong : tag;
}

/** Evaluates the preconditions against the tag without its coding; sends the one with it. */
function answer(
  request: RequestHead,
  response: Response,
  tag: EntityTag | null,
  content: string | Uint8Array | undefined,
): Response {
  const lastModified = parseHttpDate(response.headers.get('last-modified') ?? '');
  // Without a validator there is nothing to compare with.
  if (!tag && lastModified === null) return response;
  const coded = tag && codedTag(tag, response.headers.get('content-encoding'));
  const options = { status: response.status, named: namedTag };
  const decision = evaluatePreconditions(request, { etag: tag, lastModified }, options);
  if (decision.outcome === 'proceed') {
    return coded && response.headers.get('etag') !== coded ? withFields(response, { etag: coded }) : response;
  }
  discard(response, content);
  if (decision.outcome === 'failed') {
    return refused(response, new PreconditionFailedError(request.method, decision, { etag: coded }));
  }
  const sent = tag && (namedTag(fieldValue(request.headers, 'if-none-match'), tag) ?? coded);
  const headers = stayingFields(response);
  if (sent) headers.set('etag', sent);
  // Whoever holds a coded form of the tag stored a response that varies by coding.
  if (sent !== tag) headers.set('vary', varyWith(headers.get('vary'), 'Accept-Encoding'));
  return new Response(null, { status: 304, headers });
}

function refused(response: Response, error: PreconditionFailedError): Response {
  const headers = stayingFields(response);
  // What is said of the representation's freshness is not said of the refusal.
  for (const name of ['cache-control', 'expires', 'last-modified']) headers.delete(name);
  return withFields(new Response(JSON.stringify(error.body), { status: error.status, headers }), error.headers);
}

/** The fields of a response that stay when its content does not go out. */
function stayingFields(response: Response): Headers {
  const headers = new Headers();
  for (const [name, value] of response.headers) if (staysOnNotModified(name)) headers.append(name, value);
  return headers;
}

/** Stops whoever produces a body that will not go out. One that is known content, uncoded, has no producer. */
function discard(response: Response, content: string | Uint8Array | undefined): void {
  if (content !== undefined && !response.headers.has('content-encoding')) return;
  if (response.body && !response.body.locked) response.body.cancel().catch(() => {});
}
