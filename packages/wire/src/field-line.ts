/** A header field line: name and value. A field that is repeated is an entry of its own. */
export type FieldLine = [name: string, value: string];

/**
 * The lines of a field.
 *
 * @param headers - a header section
 * @param name - of the field, in any case
 * @returns their values, in their order
 */
export function fieldLines(headers: readonly FieldLine[], name: string): string[] {
  const lower = name.toLowerCase();
  return headers.filter(([key]) => key.toLowerCase() === lower).map(([, value]) => value);
}

/**
 * The value of a field.
 *
 * @param headers - a header section
 * @param name - of the field, in any case
 * @returns repeated lines joined by commas; null when the field is not there
 * @see RFC 9110 §5.3
 */
export function field(headers: readonly FieldLine[], name: string): string | null {
  const lines = fieldLines(headers, name);
  return lines.length > 0 ? lines.join(', ') : null;
}
