import { isWellFormed } from './well-formed.ts';

/** What names a value: text; where it takes several columns, a text for each of them. */
export type Key = string | readonly string[];

/**
 * Checks the key of a call, so that a number never finds nothing where its text would find a row.
 *
 * @param key - as the call has it
 * @param parts - of how many texts it is a list; null where it is one text
 * @throws TypeError for anything else, and for text with lone surrogates: databases keep UTF-8, in which two keys that
 *   differ in one would be the same
 */
export function checkKey(key: Key, parts: number | null): void {
  const wanted = parts === null ? 'text' : `a list of ${parts} texts`;
  const isFit = parts === null ? typeof key === 'string' : Array.isArray(key) && key.length === parts;
  const texts: readonly unknown[] = isFit ? (parts === null ? [key] : (key as readonly string[])) : [];
  if (!isFit || texts.some((text) => typeof text !== 'string')) {
    throw new TypeError(`Not a key: ${shownKey(key)}. Give ${wanted}`);
  }
  if (texts.some((text) => !isWellFormed(text as string))) {
    throw new TypeError(`Not a key: ${shownKey(key)} has a lone surrogate, which UTF-8 cannot keep`);
  }
}

/** A key as an error shows it, even one that JSON does not have, such as a bigint. No two keys are shown alike. */
export function shownKey(key: unknown): string {
  if (Array.isArray(key)) return `[${key.map(shownKey).join()}]`;
  return typeof key === 'string' ? JSON.stringify(key) : `${String(key)} (${typeof key})`;
}
