import { type EntityTag, isWeak, opaqueTag } from './entity-tag.js';
import { parseEntityTagList } from './entity-tag-list.js';
import { fieldValue, type RequestHead } from './request-head.js';

/** The content codings that a tag can name: those that servers apply to a response on its way out. */
const CODINGS = ['gzip', 'br', 'zstd', 'deflate'] as const;

/**
 * The tag of a coded representation: one strong tag must not name two codings. `"v7"` becomes `"v7-gzip"`, which stays as
 * it is. A weak tag may name both and stays too; under a coding that has no suffix, or several, a strong tag becomes weak.
 *
 * @param tag - the tag of the representation without a coding
 * @param contentEncoding - the value of the Content-Encoding field; null when there is none
 * @see RFC 9110 §8.8.3.3
 */
export function codedTag(tag: EntityTag, contentEncoding: string | null | undefined): EntityTag {
  const coding = contentEncoding?.trim().toLowerCase();
  if (!coding || isWeak(tag) || tag.endsWith(`-${coding}"`)) return tag;
  return isKnown(coding) ? `${tag.slice(0, -1) as '"'}-${coding}"` : `W/${tag as `"${string}"`}`;
}

/**
 * The tag of the representation without its coding: `"v7-gzip"` becomes `"v7"`.
 *
 * @returns the tag as it is when it names no coding
 */
export function uncodedTag(tag: EntityTag): EntityTag {
  const dash = tag.lastIndexOf('-');
  return dash > 0 && isKnown(tag.slice(dash + 1, -1)) ? `${tag.slice(0, dash) as '"'}"` : tag;
}

function isKnown(coding: string): boolean {
  return (CODINGS as readonly string[]).includes(coding);
}

/**
 * The form of the current tag that a request names: as it stands, or of one of its codings (`"v7-gzip"`), or weakened
 * on its way out by whoever coded the content (`W/"v7"`). Evaluate the preconditions against it, and send it with a 304:
 * a cache updates only the stored response whose tag it carries (RFC 9111 §4.3.4).
 *
 * @param request - only `If-Match` and `If-None-Match` are read
 * @param tag - the current tag, without a coding
 * @returns `tag` itself when the request names it as it stands, or not at all
 */
export function namedTag(request: RequestHead, tag: EntityTag): EntityTag {
  if (isWeak(tag)) return tag;
  const named = namedIn(fieldValue(request.headers, 'if-none-match'), tag);
  return named === tag ? namedIn(fieldValue(request.headers, 'if-match'), tag) : named;
}

function namedIn(list: string | null, tag: EntityTag): EntityTag {
  if (list === null || list === tag) return tag;
  const tags = parseEntityTagList(list);
  if (!tags || tags === '*' || tags.includes(tag)) return tag;
  return tags.find((named) => uncodedTag(opaqueTag(named)) === tag) ?? tag;
}
