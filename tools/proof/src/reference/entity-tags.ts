// Slow, and close to the letter of RFC 9110: what core is compared with. Nothing here is shared with core.

// entity-tag = [ weak ] opaque-tag ; etagc = %x21 / %x23-7E / obs-text
const ENTITY_TAG = /^(W\/)?("[\x21\x23-\x7e\x80-\xff]*")$/;

/** A tag in its two parts. */
export interface Tag {
  readonly weak: boolean;
  /** With its quotes. */
  readonly opaque: string;
}

/** The tag that a text is, optional whitespace around it aside; null where it is not one. */
export function readTag(text: string): Tag | null {
  const [, weak, opaque] = ENTITY_TAG.exec(trimmed(text)) ?? [];
  return opaque === undefined ? null : { weak: weak !== undefined, opaque };
}

/** RFC 9110 §5.6.3: OWS is spaces and tabs. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

/** RFC 9110 §5.6.1: the elements between commas that no quotes enclose; empty ones do not count. */
function elementsOf(list: string): string[] {
  const elements: string[] = [];
  let element = '';
  let isQuoted = false;
  for (const char of list) {
    if (char === '"') isQuoted = !isQuoted;
    if (char === ',' && !isQuoted) {
      elements.push(element);
      element = '';
    } else element += char;
  }
  elements.push(element);
  return elements.map(trimmed).filter((text) => text !== '');
}

/** RFC 9110 §13.1.1: "*" or a list of tags; null where it is neither. */
export function readTagList(fieldValue: string): '*' | Tag[] | null {
  if (trimmed(fieldValue) === '*') return '*';
  const tags = elementsOf(fieldValue).map(readTag);
  return tags.some((tag) => tag === null) ? null : (tags as Tag[]);
}

/** What a hop may have appended when it coded the content: docs/decisions/003. */
export const SUFFIXES = ['', '-gzip', '-br', '-zstd', '-deflate', '--gzip', '-dcb', '-dcz'];

/** The tags of a list that name the same version as a tag, coded or not. */
export function formsIn(list: readonly Tag[], tag: Tag): Tag[] {
  const opaques = SUFFIXES.map((suffix) => `${tag.opaque.slice(0, -1)}${suffix}"`);
  return list.filter(({ opaque }) => opaques.includes(opaque));
}

/** As it stands in a field. */
export function textOf({ weak, opaque }: Tag): string {
  return (weak ? 'W/' : '') + opaque;
}
