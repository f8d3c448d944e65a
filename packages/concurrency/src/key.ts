/** What names a value: text; where it takes several columns, a text for each of them. */
export type Key = string | readonly string[];

/**
 * Checks the key of a call, so that a number never finds nothing where its text would find a row.
 *
 * @throws TypeError for what is not text, and for text with lone surrogates: databases keep UTF-8, in which two keys that
 *   differ in one would be the same
 */
export function checkKey(key: Key): void {
  for (const part of Array.isArray(key) ? key : [key]) {
    if (typeof part !== 'string') throw new TypeError(`Not a key: ${String(part)} (${typeof part}). Give text`);
    if (/\p{Surrogate}/u.test(part)) {
      throw new TypeError(`Not a key: ${JSON.stringify(part)} has a lone surrogate, which UTF-8 cannot keep`);
    }
  }
}
