import { isCodingSuffix } from './content-coding.ts';
import { type EntityTag, isQuoted, isWeak, opaqueTag, skipOws } from './entity-tag.ts';

// #entity-tag: [ element ] *( OWS "," OWS [ element ] ) (RFC 9110 §5.6.1.2). Engines compile it: no loop of ours is as fast.
const LIST = /^[\t ,]*(?:(?:W\/)?"[!#-~\x80-\xff]*"[\t ]*(?:,[\t ,]*|$))*$/;

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
  if (isAny(fieldValue)) return '*';
  if (!LIST.test(fieldValue)) return null;
  return (fieldValue.match(/(?:W\/)?"[^"]*"/g) ?? []) as EntityTag[];
}

/** What a list says of a tag: the form in which it names it, that it does not name it, or that it is malformed. */
export type Listed = EntityTag | 'none' | 'malformed';

/**
 * Looks up the form in which a list names a tag: the tag itself before a coded form (`"v7-gzip"`), a strong form before a
 * weak one, the first before the others. Only forms of the tag are allocated.
 *
 * @param tag - the current tag, without a content coding
 */
export function findInList(fieldValue: string, tag: EntityTag): Listed {
  if (!LIST.test(fieldValue)) return 'malformed';
  // Every form begins like the tag, whatever follows.
  const stem = opaqueTag(tag).slice(0, -1);
  let form: Listed = 'none';
  let at = fieldValue.indexOf(stem);
  let open = fieldValue.indexOf('"');
  // From quote to quote, since one that closes a tag may look like the beginning of a form: `","` in `"a","b"`.
  while (at >= 0 && open >= 0) {
    const close = fieldValue.indexOf('"', open + 1);
    if (at === open && isFormEnd(fieldValue, open + stem.length, close)) {
      const isWeakForm = fieldValue[open - 1] === '/';
      const named = fieldValue.slice(isWeakForm ? open - 2 : open, close + 1) as EntityTag;
      // The tag itself is never replaced, nor is a strong form; a weak one is, by any strong one.
      if (named === tag || form === 'none' || (form !== tag && isWeak(form as EntityTag) && !isWeakForm)) form = named;
    }
    open = fieldValue.indexOf('"', close + 1);
    if (at < open) at = fieldValue.indexOf(stem, open);
  }
  return form;
}

/** Whether the rest of an element closes the tag, at once or after the suffix of a coding. */
function isFormEnd(text: string, start: number, close: number): boolean {
  return start === close || isCodingSuffix(text.slice(start, close));
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
