/** The shape of what is stored: a release that changes it counts it up, and does not read what others have stored. */
const VERSION = 1;

/**
 * Names what is stored for a URL under an identity.
 *
 * @param content - names the content of a QUERY; '' for other methods
 */
export function keyOf(partition: string, url: URL, content = ''): string {
  return `${sectionOf(partition)} ${url.href}${content}`;
}

/** Names all that is stored under an identity. */
export function sectionOf(partition: string): string {
  return `${VERSION} ${partition}`;
}

/** The section of a key: what comes before its second space. Neither a version nor the name of an identity has one. */
export function sectionIn(key: string): string {
  return key.slice(0, key.indexOf(' ', key.indexOf(' ') + 1));
}
