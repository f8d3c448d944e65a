import type { StoredResponse } from './port.ts';

// On the object itself, and so on what is made of it by a spread; no store that writes JSON keeps it.
const SOUND = Symbol('sound');

/** Takes note of what was made here: a store in memory gives the same object back. */
export function vouchFor(response: StoredResponse): void {
  (response as { [SOUND]?: true })[SOUND] = true;
}

/** Whether what a store gave is a stored response: another version of this package, or a person, may have written it. */
export function isStoredResponse(row: unknown): row is StoredResponse {
  try {
    if ((row as { [SOUND]?: true })[SOUND]) return true;
    check(row as StoredResponse);
    vouchFor(row as StoredResponse);
    return true;
  } catch {
    return false;
  }
}

function check({
  id,
  status,
  statusText,
  headers,
  selecting,
  requested,
  received,
  wireBytes,
  took,
}: StoredResponse): void {
  const texts = [id, statusText, ...Object.values(headers), ...Object.values(selecting).map((value) => value ?? '')];
  const numbers = [status, requested, received, wireBytes ?? 0, took];
  if (!texts.every((text) => typeof text === 'string') || !numbers.every(Number.isFinite)) throw new TypeError();
  // It throws for what it cannot be made of: a status, or a field, that none has.
  new Response(null, { status, statusText, headers });
}

/** Reads a row of JSON: null, which no client takes for a response, where it is none. */
export function parseStored(json: string): StoredResponse {
  try {
    return JSON.parse(json) as StoredResponse;
  } catch {
    return null as unknown as StoredResponse;
  }
}
