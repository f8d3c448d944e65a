/** How long the name of an object may be, in bytes, in S3, R2 and Azure alike. */
const LONGEST = 1024;

/** Stands where no encoded name has it: there `%` comes before two digits. */
const MARK = '%~';

/**
 * The name of the object that holds a key: `a/b.json` as it is, and percent-encoded whatever a URL or an engine could take
 * for something else. Two keys never have one name.
 *
 * @param prefix - what the names of the store begin with
 * @param key - any text
 * @returns at most 1,024 bytes where the prefix leaves room; a longer name ends with its digest
 */
export async function objectName(prefix: string, key: string): Promise<string> {
  const name = prefix + (key === '' ? MARK : encoded(key));
  const room = LONGEST - new TextEncoder().encode(prefix).length;
  if (name.length - prefix.length <= room) return name;
  const digest = `${MARK}${await sha256(key)}`;
  return name.slice(0, Math.max(prefix.length, prefix.length + room - digest.length)) + digest;
}

/** Names of the store itself, which no key has. */
export function ownName(prefix: string, name: string): string {
  return `${prefix}${MARK}${name}`;
}

function encoded(key: string): string {
  const segments = key.split('/');
  // A path that is resolved loses `.`, `..` and what is empty; Azure wants no dot at an end.
  const isPlain = segments.every((segment) => segment !== '' && !segment.endsWith('.'));
  if (isPlain) return segments.map(encodeURIComponent).join('/');
  return encodeURIComponent(key).replaceAll('.', '%2E');
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
