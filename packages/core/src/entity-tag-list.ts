import { DQUOTE, type EntityTag, opaqueTag, scanEntityTag, skipOws } from './entity-tag.js';

/** Skips what may stand between two elements: empty elements, their commas and whitespace (RFC 9110 §5.6.1.2). */
function skipEmptyElements(text: string, start: number): number {
  let i = skipOws(text, start);
  while (text[i] === ',') i = skipOws(text, i + 1);
  return i;
}

/** The start of the element after the one that ended at `end`; -1 where no comma stands between. */
function nextElement(text: string, end: number): number {
  const i = skipOws(text, end);
  return i === text.length || text[i] === ',' ? skipEmptyElements(text, i) : -1;
}

/** Whether a field value is `*`: any current representation. */
export function isAny(fieldValue: string): boolean {
  const start = skipOws(fieldValue, 0);
  return fieldValue[start] === '*' && skipOws(fieldValue, start + 1) === fieldValue.length;
}

/**
 * Reads the value of an `If-Match` or `If-None-Match` field. Aware of quotes: `"a,b"` is one tag. Never throws.
 *
 * @param fieldValue - the field value; repeated field lines joined by commas
 * @returns `'*'`, the tags in their order (empty elements ignored), or null when any part is malformed
 * @see RFC 9110 §13.1.1, §5.6.1
 * @example
 * parseEntityTagList('"a,b", W/"c"'); // ['"a,b"', 'W/"c"']
 * parseEntityTagList('unquoted');     // null
 */
export function parseEntityTagList(fieldValue: string): '*' | EntityTag[] | null {
  // If-Match = "*" / #entity-tag     #element => [ element ] *( OWS "," OWS [ element ] )
  if (isAny(fieldValue)) return '*';
  const tags: EntityTag[] = [];
  let start = skipEmptyElements(fieldValue, 0);
  while (start < fieldValue.length) {
    const end = scanEntityTag(fieldValue, start);
    if (end < 0) return null;
    tags.push(fieldValue.slice(start, end) as EntityTag);
    start = nextElement(fieldValue, end);
    if (start < 0) return null;
  }
  return tags;
}

/** What a list says of one tag: it holds it letter by letter, holds its opaque tag only, does not hold it, or is malformed. */
export type Listed = 'same' | 'opaque' | 'none' | 'malformed';

/** Looks a tag up in a list without allocating: what `parseEntityTagList` and a comparison of each would say. */
export function findInList(fieldValue: string, tag: EntityTag): Listed {
  const opaque = opaqueTag(tag);
  const weak = opaque !== tag;
  let found: Listed = 'none';
  let start = skipEmptyElements(fieldValue, 0);
  while (start < fieldValue.length) {
    const end = scanEntityTag(fieldValue, start);
    if (end < 0) return 'malformed';
    const weakElement = fieldValue[start] === 'W';
    const open = weakElement ? start + 2 : start;
    if (found !== 'same' && end - open === opaque.length && fieldValue.slice(open, end) === opaque) {
      found = weakElement === weak ? 'same' : 'opaque';
    }
    start = nextElement(fieldValue, end);
    if (start < 0) return 'malformed';
  }
  return found;
}

/**
 * Looks a tag up where a malformed list and a list without it lead to the same answer, so that a miss costs one search.
 * A value that does not begin and end like a list of tags is still told to be malformed.
 *
 * @param fieldValue - not the very tag: that is compared first
 */
export function findInSafeList(fieldValue: string, tag: EntityTag): Listed {
  const open = fieldValue.startsWith('W/') ? 2 : 0;
  const { length } = fieldValue;
  const looksLikeList = fieldValue.charCodeAt(open) === DQUOTE && fieldValue.charCodeAt(length - 1) === DQUOTE;
  if (!looksLikeList) return findInList(fieldValue, tag);
  // A list of the length of one tag is that tag, or does not hold it.
  if (length === tag.length) return 'none';
  const opaque = opaqueTag(tag);
  const at = fieldValue.indexOf(opaque, open);
  if (at < 0) return 'none';
  return at === open && length - open === opaque.length ? 'opaque' : findInList(fieldValue, tag);
}
