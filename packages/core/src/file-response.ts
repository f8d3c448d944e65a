import { fileTag } from './file-tag.ts';
import { formatHttpDate } from './http-date.ts';
import { toNotModified } from './not-modified.ts';
import { evaluateRange } from './range.ts';
import { evaluateRead } from './read.ts';
import { toRefusal } from './refusal.ts';
import type { RequestHead } from './request-head.ts';
import type { ResourceState } from './resource-state.ts';
import type { ResponseFields } from './response-head.ts';
import { takeOwnTag } from './validators.ts';

/** What of a file a response carries: its status, and the bytes from `start` up to `end`, which is not sent any more. */
export interface FilePart {
  readonly status: 200 | 206 | 304 | 416;
  /** Offset in bytes. */
  readonly start: number;
  /** Offset in bytes; equal to `start` for a response without content. */
  readonly end: number;
}

/**
 * Decides the response to a read of a file, and makes its fields: the preconditions first, then Range with If-Range.
 * A request for several ranges gets the whole file.
 *
 * @param request - the method and the header fields
 * @param headers - the fields of the response. An ETag that is set is taken for the file's; otherwise it gets that of
 *   `fileTag`, which is weak and never satisfies If-Range.
 * @param stats - `size` in bytes, `mtimeMs` in ms since the epoch
 * @returns the status and the part
 * @throws PreconditionFailedError (412) when If-Match or If-Unmodified-Since fails
 * @throws TypeError when `stats` has no size or no time
 * @see RFC 9110 §13.2.2, §14.2, §15.3.7, §15.5.17
 */
export function fileResponse(
  request: RequestHead,
  headers: ResponseFields,
  stats: { readonly size: number; readonly mtimeMs: number },
): FilePart {
  const state: ResourceState = {
    etag: takeOwnTag(headers) ?? fileTag(stats),
    // RFC 9110 §8.8.2.1: MUST NOT be later than the Date of the message
    lastModified: Math.min(stats.mtimeMs, Date.now()),
  };
  const decision = evaluateRead(request, state);
  if (decision.outcome === 'not-modified') {
    toNotModified(headers, { state, decision });
    return { status: 304, start: 0, end: 0 };
  }
  headers.set('etag', state.etag as string);
  headers.set('last-modified', formatHttpDate(state.lastModified as number));
  headers.set('accept-ranges', 'bytes');
  return part(request, headers, state, stats.size);
}

function part(request: RequestHead, headers: ResponseFields, state: ResourceState, size: number): FilePart {
  const range = evaluateRange(request, state, size);
  if (range.kind === 'unsatisfiable') {
    // RFC 9110 §15.5.17: SHOULD say how long the representation is
    const fields = { 'content-range': `bytes */${size}`, 'content-length': '0' };
    toRefusal(headers, { status: 416, headers: fields, body: null });
    return { status: 416, start: 0, end: 0 };
  }
  // RFC 9110 §14.2: a server may ignore Range. Several parts would need a content type of their own.
  const [first, second] = range.kind === 'partial' ? range.ranges : [];
  if (!first || second) {
    headers.set('content-length', String(size));
    return { status: 200, start: 0, end: request.method === 'HEAD' ? 0 : size };
  }
  const { start, end } = first;
  headers.set('content-range', `bytes ${start}-${end}/${size}`);
  headers.set('content-length', String(end + 1 - start));
  return { status: 206, start, end: end + 1 };
}
