import { codedTag, weakened } from './content-coding.ts';
import { isWeak, parseEntityTag } from './entity-tag.ts';
import { fieldValue, type RequestHead } from './request-head.ts';
import { listsToken, type ResponseHead } from './response-head.ts';
import { takesValidators } from './validators.ts';

/**
 * Gives the tag of a response the form of its content coding, as late as that is known: a compressor may have coded the
 * content after the handler finished the head. Do this once, and not to a tag that is settled (`ReadDecision`).
 *
 * A 304 has no coding. Where no list named a form of the tag, and the response varies by coding, it carries the weak form:
 * whether the 200 would have been coded, nobody knows.
 *
 * @param request - that the response answers
 * @param head - of the response, as it is about to leave
 * @see RFC 9110 §8.8.3.3, §15.4.5
 */
export function codeTag(request: RequestHead, { status, headers }: ResponseHead): void {
  if (status !== 304 && !takesValidators(request.method, status)) return;
  const coding = status === 304 ? null : headers.get('content-encoding');
  if (status !== 304 && coding === null) return;
  const tag = parseEntityTag(headers.get('etag') ?? '');
  if (!tag || isWeak(tag)) return;
  if (coding !== null) headers.set('etag', codedTag(tag, coding));
  else if (acceptsCoding(request) && listsToken(headers.get('vary'), 'accept-encoding'))
    headers.set('etag', weakened(tag));
}

/**
 * Whether a request accepts a content coding at all.
 *
 * @param request - the header fields
 * @returns false without Accept-Encoding, which says nothing
 * @see RFC 9110 §12.5.3
 */
export function acceptsCoding({ headers }: RequestHead): boolean {
  return /[^\s,]/.test((fieldValue(headers, 'accept-encoding') ?? '').replace(/\bidentity\b/i, ''));
}
