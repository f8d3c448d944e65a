/** What JSON may have around it. Four of them: two bits each. */
const BLANKS = [' ', '\t', '\n', '\r'];

/**
 * JSON, and 64 characters of white space after it that differ with every write. For an engine whose tags are digests of the
 * content: those would come back with the content, and an old tag would fit again. To whatever else reads it, it is the
 * same JSON.
 *
 * @param json - what is stored
 */
export function stamped(json: string): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const blanks = Array.from(random, (byte) => [0, 2, 4, 6].map((bits) => BLANKS[(byte >> bits) & 3]).join(''));
  return json + blanks.join('');
}
