import { isCodingSuffix } from './content-coding.ts';
import { type EntityTag, isQuoted, isWeak, opaqueTag } from './entity-tag.ts';

// #entity-tag: [ element ] *( OWS "," OWS [ element ] ) (RFC 9110 §5.6.1.2). Engines compile it: no loop of ours is as fast.
const LIST = /^[\t ,]*(?:(?:W\/)?"[!#-~\x80-\xff]*"[\t ]*(?:,[\t ,]*|$))*$/;

// Where they stand in a function, each call makes them anew.
const ANY = /^[\t ]*\*[\t ]*$/;
const COMMAS = /^",+(?:W\/)?$/;

/** Whether a field value is `*`: any current representation. */
export function isAny(fieldValue: string): boolean {
  return ANY.test(fieldValue);
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
 * @param first - where to begin: no form of the tag comes before; @default 0
 */
export function findInList(fieldValue: string, tag: EntityTag, first = 0): Listed {
  if (!LIST.test(fieldValue)) return 'malformed';
  // Every form begins like the tag, whatever follows.
  const stem = opaqueTag(tag).slice(0, -1);
  // A tag of commas is found between two others as well, `","` in `"a","b"`: there, no quote that closes a tag may be left.
  const openings = COMMAS.test(stem) ? fieldValue.replace(/("[^"]*)"/g, '$1 ') : fieldValue;
  let form: Listed = 'none';
  for (let at = openings.indexOf(stem, first); at >= 0; at = openings.indexOf(stem, at + 1)) {
    const close = fieldValue.indexOf('"', at + 1);
    // No quote closes the last one that closes a tag, which is all that an empty tag begins with.
    if (close < 0 || !isFormEnd(fieldValue.slice(at + stem.length, close))) continue;
    const isWeakForm = fieldValue[at - 1] === '/';
    const named = fieldValue.slice(isWeakForm ? at - 2 : at, close + 1) as EntityTag;
    // The tag itself is never replaced, nor is a strong form; a weak one is, by any strong one.
    if (named === tag || form === 'none' || (form !== tag && isWeak(form as EntityTag) && !isWeakForm)) form = named;
  }
  return form;
}

/** Whether the rest of a tag is nothing, or the suffix of a coding. */
function isFormEnd(rest: string): boolean {
  return !rest || isCodingSuffix(rest);
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
  const stem = opaqueTag(tag).slice(0, -1);
  const first = fieldValue.indexOf(stem);
  if (first < 0) return 'none';
  const close = fieldValue.length - 1;
  const isAlone = first === (isWeak(fieldValue as EntityTag) ? 2 : 0) && fieldValue.indexOf('"', first + 1) === close;
  if (!isAlone) return findInList(fieldValue, tag, first);
  return isFormEnd(fieldValue.slice(first + stem.length, close)) ? (fieldValue as EntityTag) : 'none';
}
