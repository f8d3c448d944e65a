import { contentTag } from './content-tag.ts';
import type { Digest } from './digest.ts';
import type { EntityTag } from './entity-tag.ts';
import { checkNames } from './options.ts';

/** The keys of a value; of its elements where it is an array. */
type KeyOf<T> = T extends readonly (infer Element)[] ? keyof Element & string : keyof T & string;

/** Which members of a value count, and how it is named. */
export interface JsonTagOptions<T> {
  /** Only these members count; of each element where the value is an array. @default all */
  pick?: readonly KeyOf<T>[] | undefined;
  /** These members do not count: a CSRF token, a timestamp. @default none */
  omit?: readonly KeyOf<T>[] | undefined;
  /** Names the canonical text. @default SHA-256 */
  digest?: Digest | undefined;
}

/**
 * A weak tag from a JSON value: the digest of its canonical form, so that neither the order of keys nor white space changes
 * it. The value is read as `JSON.stringify` reads it (`toJSON`, no `undefined`).
 *
 * @param value - what will be sent as JSON
 * @param options - `pick`, `omit` and `digest`; @default all members, SHA-256
 * @returns the tag at once where the digest is synchronous, else a promise of it
 * @throws TypeError for what JSON cannot hold: a bigint, a circular structure; and for an option that there is not
 * @see RFC 8785
 * @example
 * jsonTag({ id: 1, text: 'a', csrf: 'x' }, { omit: ['csrf'] });
 */
export function jsonTag<T>(value: T, options?: JsonTagOptions<T>): EntityTag | Promise<EntityTag> {
  // `values.map(jsonTag)` gives an index as the second argument.
  if (options && typeof options === 'object') checkNames(options, ['pick', 'omit', 'digest']);
  const { pick, omit, digest } = options ?? {};
  const counts = (name: string) => !(omit as Names)?.includes(name) && (pick as Names)?.includes(name) !== false;
  return contentTag(canonicalJson(value, counts), { weak: true, digest });
}

type Names = readonly string[] | undefined;

/**
 * The canonical text of a JSON value (RFC 8785): keys in the order of their UTF-16 code units, no white space.
 *
 * @param value - as `JSON.stringify` takes it
 * @param counts - which members of the value count, or of its elements where it is an array; @default all
 * @returns the text
 * @throws TypeError for what JSON cannot hold: a bigint, a circular structure
 */
export function canonicalJson(value: unknown, counts?: (name: string) => boolean): string {
  try {
    return write(value, '', counts) ?? 'null';
  } catch (error) {
    // What is circular exhausted the stack; JSON.stringify says where the circle is.
    JSON.stringify(value);
    throw error;
  }
}

/** Undefined where JSON.stringify would leave the member out. */
function write(given: unknown, key: string, counts?: (name: string) => boolean): string | undefined {
  const serializable = given as { toJSON?: (key: string) => unknown } | null | undefined;
  const value = typeof serializable?.toJSON === 'function' ? serializable.toJSON(key) : given;
  if (Array.isArray(value)) {
    return `[${Array.from(value, (element, index) => write(element, `${index}`, counts) ?? 'null').join()}]`;
  }
  if (typeof value !== 'object' || value === null || isBoxed(value)) return JSON.stringify(value);
  const members: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const text = counts?.(name) === false ? undefined : write((value as Record<string, unknown>)[name], name);
    if (text !== undefined) members.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${members.join()}}`;
}

/** Whether an object stands for a primitive: to JSON, it is that. */
function isBoxed(value: object): boolean {
  return [String, Number, Boolean, BigInt].some((type) => value instanceof type);
}
