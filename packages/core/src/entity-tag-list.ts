import { isCodingSuffix } from './content-coding.ts';
import { type EntityTag, isQuoted, isWeak, opaqueTag, scanEntityTag, skipOws } from './entity-tag.ts';

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

/** What a list says of a tag: the form in which it names it, that it does not name it, or that it is malformed. */
export type Listed = EntityTag | 'none' | 'malformed';

/**
 * Looks up the form in which a list names a tag: the tag itself before a coded form (`"v7-gzip"`), a strong form before a
 * weak one, the first before the others. One scan; only forms of the tag are allocated.
 *
 * @param tag - the current tag, without a content coding
 */
export function findInList(fieldValue: string, tag: EntityTag): Listed {
  const opaque = opaqueTag(tag);
  // Every form begins like the tag, whatever follows.
  const stem = opaque.slice(0, -1);
  let form: Listed = 'none';
  let start = skipEmptyElements(fieldValue, 0);
  while (start < fieldValue.length) {
    const end = scanEntityTag(fieldValue, start);
    if (end < 0) return 'malformed';
    const isWeakElement = fieldValue[start] === 'W';
    const open = isWeakElement ? start + 2 : start;
    const names = fieldValue.startsWith(stem, open) && isFormEnd(fieldValue, open + stem.length, end);
    if (names) {
      const named = fieldValue.slice(start, end) as EntityTag;
      // The tag itself is never replaced, nor is a strong form; a weak one is, by any strong one.
      if (named === tag || form === 'none' || (form !== tag && isWeak(form as EntityTag) && !isWeakElement))
        form = named;
    }
    start = nextElement(fieldValue, end);
    if (start < 0) return 'malformed';
  }
  return form;
}

/** Whether the rest of an element closes the tag, at once or after the suffix of a coding. */
function isFormEnd(text: string, start: number, end: number): boolean {
  return start === end - 1 || isCodingSuffix(text.slice(start, end - 1));
}

/**
 * As `findInList`, where a malformed list and a list without the tag lead to the same answer: a miss costs one search. A
 * value that does not begin and end like a list of tags is still reported as malformed.
 *
 * @param fieldValue - compared with the tag already, and not equal to it
 */
export function findInListOfRead(fieldValue: string, tag: EntityTag): Listed {
  if (!isQuoted(fieldValue)) return findInList(fieldValue, tag);
  // No form of a tag has its length, and two tags are longer.
  if (fieldValue.length === tag.length) return 'none';
  const opaque = opaqueTag(tag);
  // One tag at most, and not a coded form. Engines are faster at includes() than at endsWith().
  if (fieldValue.length === opaque.length + (isWeak(fieldValue as EntityTag) ? 2 : 0)) {
    return fieldValue.includes(opaque) ? (fieldValue as EntityTag) : 'none';
  }
  return fieldValue.includes(opaque.slice(0, -1)) ? findInList(fieldValue, tag) : 'none';
}
