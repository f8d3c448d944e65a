import { checkNames } from '@etag/core';

/**
 * Checks where a store keeps its values.
 *
 * @param options - of the store
 * @param texts - the options that must be there, and are text
 * @param others - the names of the others
 * @throws TypeError for an option that there is not, and for one that is missing: its keys would begin with `undefined`
 */
export function checkPlace(options: object, texts: readonly string[], others: readonly string[] = []): void {
  checkNames(options, [...texts, ...others]);
  for (const name of texts) {
    const value: unknown = Reflect.get(options, name);
    if (typeof value !== 'string') throw new TypeError(`${name} is text, not ${String(value)}`);
  }
}
