import { mistake } from './mistake.ts';

/**
 * An entity tag as it stands in a field value, quotes included: `"v7"` is strong, `W/"v7"` is weak.
 * The type makes an unquoted tag a compile error.
 *
 * @see RFC 9110 §8.8.3
 */
export type EntityTag = `"${string}"` | `W/"${string}"`;

const DQUOTE = 0x22;

// entity-tag = [ weak ] opaque-tag ; weak = %s"W/" ; opaque-tag = DQUOTE *etagc DQUOTE
// etagc = %x21 / %x23-7E / obs-text     ; VCHAR except double quotes, plus obs-text (%x80-FF)
const ENTITY_TAG = /^(?:W\/)?"[!#-~\x80-\xff]*"$/;
const BETWEEN_OWS = /^[\t ]*((?:W\/)?"[!#-~\x80-\xff]*")[\t ]*$/;

/**
 * Reads one entity tag, as in an `ETag` field. Never throws: the bytes come from a peer.
 *
 * @param fieldValue - the field value; surrounding spaces and tabs are trimmed
 * @returns the tag, or null when the value is not exactly one well-formed entity tag
 * @see RFC 9110 §8.8.3
 */
export function parseEntityTag(fieldValue: string): EntityTag | null {
  return (BETWEEN_OWS.exec(fieldValue)?.[1] as EntityTag | undefined) ?? null;
}

/**
 * Makes an entity tag of an opaque value.
 *
 * @param opaque - the characters between the quotes; may be empty
 * @param options - `weak: true` marks the tag as weak; @default strong
 * @returns the tag, quotes included
 * @throws TypeError when `opaque` is not text, or has a character that an entity tag cannot carry
 * @see RFC 9110 §8.8.3
 * @example
 * entityTag('v7');                 // '"v7"'
 * entityTag('v7', { weak: true }); // 'W/"v7"'
 */
export function entityTag(opaque: string, options?: { weak?: boolean | undefined }): EntityTag {
  // As text, undefined would be one tag of everything.
  if (typeof opaque !== 'string') throw mistake('an opaque tag', opaque, 'Give text');
  return checkOther(options?.weak ? `W/"${opaque}"` : `"${opaque}"`);
}

const OBS_TEXT = /[\x80-\xff]/;

/**
 * Whether a tag has letters beyond ASCII. Together with text, Node writes the head as UTF-8, and such a tag would arrive as
 * another one.
 *
 * @param tag - null or undefined when there is none
 * @returns whether the content has to be sent as bytes
 * @see RFC 9110 §5.5
 */
export function hasObsText(tag: EntityTag | null | undefined): boolean {
  return tag != null && OBS_TEXT.test(tag);
}

/** Whether a value begins and ends like an entity tag. */
export function isQuoted(value: string): boolean {
  const open = value.charCodeAt(0) === 0x57 && value.charCodeAt(1) === 0x2f ? 2 : 0;
  const close = value.length - 1;
  return close > open && value.charCodeAt(open) === DQUOTE && value.charCodeAt(close) === DQUOTE;
}

// A tag is checked wherever it comes in, and most of them were made or checked a moment ago. To find one here takes a tenth of
// the time of a scan. A tag has one place, by its last characters; the next one with that place takes it over.
let lastMade: unknown = '""';
const checked: string[] = ['""'];

/**
 * Checks a tag that the application gives.
 *
 * @throws TypeError for whatever is not exactly one entity tag
 */
export function checkTag(tag: unknown): EntityTag {
  return tag === lastMade ? (tag as EntityTag) : checkOther(tag);
}

function checkOther(tag: unknown): EntityTag {
  const text = typeof tag === 'string' ? tag : '';
  const last = text.length - 2;
  const place = (31 * text.charCodeAt(last) + text.charCodeAt(last - 1)) & 63;
  if (checked[place] === tag) return tag as EntityTag;
  if (!ENTITY_TAG.test(text)) throw mistake('an entity tag', tag, 'A tag includes its quotes: "v7" or W/"v7"');
  checked[place] = text;
  return text as EntityTag;
}

/** An entity tag of an opaque value that is known to hold only characters which a tag can carry. */
export function quoted(opaque: string, options?: { weak?: boolean | undefined }): EntityTag {
  const tag: EntityTag = options?.weak ? `W/"${opaque}"` : `"${opaque}"`;
  lastMade = tag;
  return tag;
}

/**
 * Whether a tag is weak: good for reading from a cache, never for guarding a write.
 *
 * @param tag - an entity tag
 * @returns true for `W/"v7"`
 * @see RFC 9110 §8.8.1
 */
export function isWeak(tag: EntityTag): boolean {
  return tag[0] === 'W';
}

/** The opaque-tag of a tag: with its quotes, without `W/`. */
export function opaqueTag(tag: EntityTag): EntityTag {
  return isWeak(tag) ? (tag.slice(2) as EntityTag) : tag;
}

/**
 * Strong comparison: both tags are strong and equal character by character.
 *
 * @param a - an entity tag
 * @param b - another one
 * @returns whether they match
 * @see RFC 9110 §8.8.3.2
 */
export function strongCompare(a: EntityTag, b: EntityTag): boolean {
  return a === b && !isWeak(a);
}

/**
 * Weak comparison: the opaque tags are equal, whether or not either tag is weak.
 *
 * @param a - an entity tag
 * @param b - another one
 * @returns whether they match
 * @see RFC 9110 §8.8.3.2
 */
export function weakCompare(a: EntityTag, b: EntityTag): boolean {
  return opaqueTag(a) === opaqueTag(b);
}
