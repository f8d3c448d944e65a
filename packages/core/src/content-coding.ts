import { type EntityTag, isWeak, opaqueTag } from './entity-tag.js';
import { parseEntityTagList } from './entity-tag-list.js';

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
  const coding = contentEncoding?.toLowerCase();
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
 * The form of the current tag that a field names: as it stands, or of one of its codings (`"v7-gzip"`), or weakened on its
 * way out by whoever coded the content (`W/"v7"`). Send it with a 304: a cache updates only the stored response whose tag
 * it carries (RFC 9111 §4.3.4).
 *
 * @param list - the value of If-Match or If-None-Match; null when the field is not there
 * @param tag - the current tag, without a coding
 * @returns null when the field names none of its forms
 */
export function namedTag(list: string | null, tag: EntityTag): EntityTag | null {
  if (list === tag) return tag;
  // Every form begins like the tag, whatever follows.
  const begin = tag.slice(0, -1);
  if (!list?.includes(begin)) return null;
  let form: EntityTag | null = null;
  for (const named of (parseEntityTagList(list) ?? []) as EntityTag[]) {
    if (named === tag) return tag;
    if (named.includes(begin) && uncodedTag(opaqueTag(named)) === tag && (!form || isWeak(form))) form = named;
  }
  return form;
}
