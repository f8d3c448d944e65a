/** @throws TypeError for undefined, a function or a symbol, which JSON does not have */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`${String(value)} is not a JSON value`);
  return json;
}

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
