import { type EntityTag, isWeak } from './entity-tag.ts';

/** The content codings that servers apply to a response on its way out, and whose names therefore end a tag. */
const CODINGS = ['gzip', 'br', 'zstd', 'deflate'];

/**
 * What a hop appends to a tag when it codes the content: our own suffixes, that of Jetty (`--gzip`), and those of the
 * codings that use a dictionary (RFC 9842).
 */
const SUFFIX = /^-(?:-?gzip|br|zstd|deflate|dcb|dcz)$/;

/** The same before the quote that closes a tag. `--br` ends like `-br`; no tag of ours ends with a dash before its suffix. */
const CODED_END = /-?-(?:gzip|br|zstd|deflate|dcb|dcz)"$/;

/** Whether what follows an opaque value is the suffix of a coding: `-gzip`. */
export function isCodingSuffix(text: string): boolean {
  return SUFFIX.test(text);
}

/**
 * The tag of a coded representation: one strong tag must not name two codings. `"v7"` becomes `"v7-gzip"`. A weak tag may
 * name both and stays; under a coding that has no suffix, or several, a strong tag becomes weak.
 *
 * @param tag - the tag of the representation without a coding
 * @param contentEncoding - the value of the Content-Encoding field; null when there is none
 * @returns the tag to send
 * @see RFC 9110 §8.8.3.3
 */
export function codedTag(tag: EntityTag, contentEncoding: string | null | undefined): EntityTag {
  const coding = contentEncoding?.toLowerCase();
  if (!coding || coding === 'identity' || isWeak(tag)) return tag;
  return CODINGS.includes(coding) ? `${tag.slice(0, -1) as '"'}-${coding}"` : weakened(tag);
}

/** A strong tag, marked as weak. */
export function weakened(tag: EntityTag): EntityTag {
  return `W/${tag as `"${string}"`}`;
}

/**
 * The tag of the representation without its coding: `"v7-gzip"` becomes `"v7"`.
 *
 * @param tag - a tag that may end with the suffix of a coding
 * @returns the tag as it is when it names no coding
 * @see RFC 9110 §8.8.3.3
 */
export function uncodedTag(tag: EntityTag): EntityTag {
  return tag.replace(CODED_END, '"') as EntityTag;
}
