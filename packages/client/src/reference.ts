/**
 * The URL that a Location or a Content-Location names, without a fragment: that is not part of a request (RFC 9110 §7.1).
 *
 * @returns null where it is not a URL
 * @see RFC 9110 §10.2.2
 */
export function resolve(reference: string, base: URL): URL | null {
  // Header fields are bytes; these are UTF-8 where they are not ASCII.
  const text = new TextDecoder().decode(Uint8Array.from(reference, (char) => char.charCodeAt(0)));
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  url.hash = '';
  return url;
}
