/**
 * Reads a value that is kept as JSON.
 *
 * @param what - names it in the error: `The blob of "a"`
 * @throws Error for text that is not JSON: it is of another program
 */
export function fromJson<T>(text: string, what: string): T {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${what} is not of this store: it is not JSON`, { cause });
  }
}
