import type { Fingerprint } from './partition.ts';
import type { StoredResponse } from './port.ts';

/**
 * The request fields that select among the variants of a resource.
 *
 * @param vary - the value of the Vary field of a response
 * @returns names in lower case; null for `*`: no later request can be known to match
 * @see RFC 9110 §12.5.5
 */
export function nominated(vary: string | undefined): string[] | null {
  if (!vary) return [];
  const names = vary
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  return names.includes('*') ? null : names;
}

/** What a request has in the nominated fields; null where it has none. */
export async function selectingFields(
  names: readonly string[],
  request: ReadonlyMap<string, string>,
  fingerprint: Fingerprint,
): Promise<Record<string, string | null>> {
  const fields: Record<string, string | null> = {};
  for (const name of names) fields[name] = await describe(name, request.get(name), fingerprint);
  return fields;
}

async function describe(name: string, value: string | undefined, fingerprint: Fingerprint): Promise<string | null> {
  if (value === undefined) return null;
  // RFC 9110 §12.5: preferences are no secrets. Any other field may hold one, such as an API key.
  return name.startsWith('accept') ? value : fingerprint(value);
}

/**
 * The stored responses that could answer a request, as far as Vary goes; the most recent first.
 *
 * @see RFC 9111 §4, §4.1
 */
export async function matching(
  stored: readonly StoredResponse[],
  request: ReadonlyMap<string, string>,
  fingerprint: Fingerprint,
): Promise<StoredResponse[]> {
  const matches: StoredResponse[] = [];
  for (const response of stored) {
    const names = Object.keys(response.selecting);
    const presented = names.length === 0 ? {} : await selectingFields(names, request, fingerprint);
    if (names.every((name) => presented[name] === response.selecting[name])) matches.push(response);
  }
  return matches.length < 2 ? matches : matches.sort((a, b) => b.received - a.received);
}
