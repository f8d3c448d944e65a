/** Where two texts differ: from the first to the last character that is not the same. */
export interface Difference {
  readonly at: number;
  readonly a: string;
  readonly b: string;
  /** What the differing part looks like; null when that is not known. */
  readonly kind: string | null;
}

/** What stands before or in a part of a page that is made anew for each response. */
const KINDS: readonly [kind: string, before: RegExp, itself: RegExp][] = [
  ['a nonce', /nonce\W{0,3}$/i, /^$/],
  ['a CSRF token', /(csrf|xsrf|authenticity)[\w-]*\W.{0,30}$/is, /^$/],
  ['a request id', /(request|trace|correlation)[-_]?id\W.{0,10}$/is, /^$/],
  ['a time', /(time|date|now|generated|at)\W{0,6}[\dT:., -]*$/i, /^[\dTZ:.+ -]{1,30}$/],
];

/** The longest part of a difference that is shown. */
const SHOWN = 60;
const BEFORE = 60;

/**
 * Finds the part in which two texts differ.
 *
 * @param a - a text
 * @param b - another one
 * @returns null when they are the same
 */
export function differenceOf(a: string, b: string): Difference | null {
  if (a === b) return null;
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [partOfA, partOfB] = [a, b].map((text) => text.slice(start, text.length - end)) as [string, string];
  const before = a.slice(Math.max(0, start - BEFORE), start);
  const [kind = null] =
    KINDS.find(([, words, itself]) => {
      const isLike = itself.source === '^$' || (itself.test(partOfA) && itself.test(partOfB));
      return isLike && words.test(before);
    }) ?? [];
  return { at: start, a: partOfA.slice(0, SHOWN), b: partOfB.slice(0, SHOWN), kind };
}
