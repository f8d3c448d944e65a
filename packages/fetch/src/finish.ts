import {
  acceptsCoding,
  addVary,
  type Circumstances,
  codeTag,
  type EntityTag,
  evaluateResponse,
  hasObsText,
  passBy,
  type ReadDecision,
  type ReadOptions,
  type ResponseFields,
  tagContent,
  takeOwnTag,
  takesContentTag,
  toNotModified,
  weakCompare,
} from '@etag/core';
import { discard, readContent } from './body.ts';

/** How content is tagged. */
export interface ContentOptions extends ReadOptions {
  /** How many bytes of a stream with a Content-Length are read to tag it; a longer one gets no tag. @default 1_048_576 */
  limit?: number | undefined;
}

/** What an adapter knows of a response that the `Response` itself does not tell. */
export interface Known {
  /** Whether its validators are known before the handler runs: no tag of the content takes their place, where they are not found. */
  readonly hasState?: boolean | undefined;
  /** The text or the bytes that the body was made of, before any coding. */
  readonly content?: string | Uint8Array | undefined;
  /** Whether the body was made of text, bytes or a Blob, so that it ends; undefined where that is not known. */
  readonly isWhole?: boolean | undefined;
  /** Where the content was coded after the handler finished the response: its tag until then, null for none. */
  readonly plainTag?: EntityTag | null | undefined;
  /** The length that the content had until then, in bytes; NaN where the response did not say. */
  readonly plainLength?: number | undefined;
  /** Names the route, for those who are told of decisions. */
  readonly route?: (() => string | null) | undefined;
  /** Whether a compressor may stand outside. It leaves a 304 alone. */
  readonly mayBeCoded?: boolean | undefined;
}

/**
 * Finishes a response: tags it where it has no tag and may have one, and evaluates the preconditions on it.
 *
 * @param request - the request that it answers
 * @param response - as the handler returned it, its fields `mutable`
 * @param options - `weak`, `digest` and `limit`
 * @param known - what the response does not tell
 * @returns the response with its tag, or a 304
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §8.8.3, §13.2
 */
export async function finish(
  request: Request,
  response: Response,
  options: ContentOptions,
  known: Known = {},
): Promise<Response> {
  const found = findTag(request, response, options, known);
  // To wait for what is there costs a turn.
  const tagged = found instanceof Promise ? await found : found;
  return conclude(request, tagged, known, new Finished(options, known, tagged.content));
}

/**
 * Evaluates the preconditions of a read on a response that has a tag of its own.
 *
 * @param request - the request that it answers
 * @param response - with its validators
 * @param circumstances - who is told of the decision
 * @param known - `mayBeCoded`
 * @returns the response, or a 304
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @see RFC 9110 §13.2
 */
export function evaluated(
  request: Request,
  response: Response,
  circumstances: Circumstances,
  known: Known = {},
): Response {
  const tag = takeOwnTag(response.headers);
  return conclude(request, { tag, isCodedSince: false, response }, known, circumstances);
}

/** Evaluates the preconditions on a finished response, and makes it the 304. */
export function conclude(request: Request, tagged: Tagged, known: Known, circumstances: Circumstances): Response {
  if (passBy(request.method, tagged.response)) return tagged.response;
  const read = evaluate(request, tagged, circumstances);
  if (read.decision.outcome === 'proceed') return withTag(request, tagged);
  // Text that no compressor works on has no producer.
  if (known.content === undefined || known.plainTag !== undefined) discard(tagged.response);
  const { headers } = tagged.response;
  notModified(request, headers, read, known);
  return new Response(null, { status: 304, headers });
}

/** What is known of a decision on a finished response. A class: an object with a getter of its own costs more than the digest. */
export class Finished implements Circumstances {
  readonly handlerRan = true;
  readonly onDecision: ContentOptions['onDecision'];
  readonly #known: Known;
  readonly #content: Tagged['content'];

  constructor({ onDecision }: ContentOptions, known: Known, content?: Tagged['content']) {
    this.onDecision = onDecision;
    this.#known = known;
    this.#content = content;
  }

  route(): string | null {
    return this.#known.route?.() ?? null;
  }

  get hasState(): boolean | undefined {
    return this.#known.hasState;
  }

  get contentLength(): number | undefined {
    return this.#content == null ? undefined : new Blob([this.#content as BlobPart]).size;
  }
}

interface Tagged {
  /** The tag of the representation; null where it has none. */
  readonly tag: EntityTag | null;
  /** Whether the tag names the representation without the coding that the response has. */
  readonly isCodedSince: boolean;
  /** The response to go on with: the body may have been read for the tag. */
  readonly response: Response;
  /** What the tag was made of; absent or null where it was not made of content. */
  readonly content?: string | Uint8Array | null;
}

function findTag(
  request: Request,
  response: Response,
  options: ContentOptions,
  known: Known,
): Tagged | Promise<Tagged> {
  const { content, plainTag } = known;
  // What the application set as its tag, and is none, has no tag of the content in its place.
  const isUntagged = !known.hasState && takesContentTag(request.method, response);
  const own = isUntagged ? null : takeOwnTag(response.headers);
  if (isTagOf(own, plainTag)) return { tag: plainTag, isCodedSince: true, response };
  if (!isUntagged) return { tag: own, isCodedSince: false, response };
  if (content === undefined) return readTag(request, response, options, known);
  const isCodedSince = plainTag !== undefined;
  const tag = tagContent(request, content, options, new Finished(options, known));
  return tag instanceof Promise
    ? tag.then((tag) => ({ tag, isCodedSince, response, content }))
    : { tag, isCodedSince, response, content };
}

/** Tags the content as the response has it: coded, where it is coded. */
async function readTag(request: Request, response: Response, options: ContentOptions, known: Known): Promise<Tagged> {
  // A HEAD that the handler answers by itself has no content to tell the tag from (RFC 9110 §9.3.2).
  if (request.method === 'HEAD' && !response.body) return { tag: null, isCodedSince: false, response };
  const { limit = 1_048_576 } = options;
  // What a compressor makes of a body that ends does end.
  const isWhole = Number(known.plainLength) <= limit || known.isWhole;
  const { content, response: unread } = await readContent(response, limit, isWhole);
  const tag = content && (await tagContent(request, content, options, new Finished(options, known)));
  return { tag, isCodedSince: false, response: unread, content };
}

/** Evaluates the preconditions. Of a response that is refused, nothing more has to be produced. */
function evaluate(
  request: Request,
  { tag, isCodedSince, response }: Tagged,
  circumstances: Circumstances,
): ReadDecision {
  try {
    return evaluateResponse(request, response, tag, isCodedSince, circumstances);
  } catch (error) {
    discard(response);
    throw error;
  }
}

/** Whether the tag of a coded response is the one it had before: compressors weaken it, or leave it as it is. */
export function isTagOf(coded: EntityTag | null, uncoded: EntityTag | null | undefined): uncoded is EntityTag {
  return uncoded != null && (coded === null || weakCompare(coded, uncoded));
}

/**
 * Makes the fields of a response those of the 304 that stands for it.
 *
 * @param request - the request that it answers
 * @param headers - the fields
 * @param read - what the preconditions come to
 * @param known - `mayBeCoded`: whether a compressor may stand outside, which would have added its Vary to the 200
 * @see RFC 9110 §15.4.5
 */
export function notModified(
  request: Request,
  headers: ResponseFields,
  read: ReadDecision,
  { mayBeCoded }: Known = {},
): void {
  toNotModified(headers, read);
  if (mayBeCoded && acceptsCoding(request)) addVary(headers, 'Accept-Encoding');
  if (!read.isSettled) codeTag(request, { status: 304, headers });
}

function withTag(request: Request, { tag, isCodedSince, response }: Tagged): Response {
  if (!tag) return response;
  response.headers.set('etag', tag);
  if (isCodedSince) codeTag(request, response);
  return sentApart(response, tag);
}

/** Of a response whose tag must not be written together with text, the content is made a stream. */
export function sentApart(response: Response, tag: EntityTag | null | undefined): Response {
  return hasObsText(tag) ? new Response(response.body, response) : response;
}

/**
 * Makes sure that the fields of a response can be set.
 *
 * @param response - any
 * @returns the response, or a copy where its fields are immutable, as those of what `fetch()` returns are
 */
export function mutable(response: Response): Response {
  try {
    response.headers.delete('no-such-field');
    return response;
  } catch {
    return new Response(response.body, response);
  }
}
