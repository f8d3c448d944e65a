/** Fields that describe content which a 304 does not have. All others stay: the CORS fields and Set-Cookie among them. */
const REPRESENTATION_METADATA = /^content-(digest|disposition|encoding|language|length|range|type)$/i;

/**
 * Whether a header field of the 200 response stays on the 304: all but the metadata of the content it lacks.
 *
 * @param name - the name of the field, in any case
 * @see RFC 9110 §15.4.5
 */
export function staysOnNotModified(name: string): boolean {
  return !REPRESENTATION_METADATA.test(name);
}

/**
 * The value of Vary once a field name is added to it.
 *
 * @param vary - the present value; null when there is none
 * @see RFC 9110 §12.5.5
 */
export function varyWith(vary: string | null | undefined, name: string): string {
  if (!vary) return name;
  const names = vary.toLowerCase().split(/[\s,]+/);
  return names.includes('*') || names.includes(name.toLowerCase()) ? vary : `${vary}, ${name}`;
}
