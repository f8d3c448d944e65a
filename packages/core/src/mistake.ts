/**
 * The mistake of a caller; what a peer sent never throws.
 *
 * @param what - what was wanted, with its article
 * @param given - what was given instead
 * @param wanted - what to give, for people
 * @param shown - what is shown of it; @default its text
 */
export function mistake(what: string, given: unknown, wanted: string, shown: unknown = given): TypeError {
  // It ends up in logs, where a line break in a foreign value would begin another entry.
  return new TypeError(`Not ${what}: ${String(shown).replace(/\p{C}/gu, '?')} (${typeof given}). ${wanted}`);
}
