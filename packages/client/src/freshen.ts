import {
  type EntityTag,
  isWeak,
  parseEntityTag,
  parseHttpDate,
  strongCompare,
  uncodedTag,
  weakCompare,
} from '@etag/core';
import type { StoredResponse } from './port.ts';
import { nominated } from './vary.ts';

type Fields = StoredResponse['headers'];

// RFC 9110 §7.6.1: of one connection; RFC 9111 §3.1: of one proxy. And a session is a secret, and must not be set back to an
// older one by a response from the store (docs/decisions/009).
const UNSTORED =
  /^(connection|keep-alive|proxy-(authenticat|connection).*|trailer|transfer-encoding|upgrade|set-cookie)$/;

// RFC 9111 §3.2: fetch has decoded the content, and that of a 304 has no length
const OF_CONTENT = /^content-(encoding|length|range)$/;

/**
 * The fields of a response that are stored with it.
 *
 * @see RFC 9111 §3.1
 */
export function storedFields(headers: Headers): Record<string, string> {
  const listed = nominated(headers.get('connection') ?? '');
  const fields: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (!UNSTORED.test(name) && !listed?.includes(name)) fields[name] = value;
  }
  return fields;
}

/**
 * The fields of a stored response once a 304 has updated them: each field of the 304 replaces that of the same name, and one
 * that is new is added.
 *
 * @see RFC 9111 §3.2
 */
export function updatedFields(stored: Fields, received: Fields): Record<string, string> {
  const fields = { ...stored };
  // How old the response was when it came is said of the one that came last.
  if (received.age === undefined) delete fields.age;
  for (const name in received) {
    if (!OF_CONTENT.test(name)) fields[name] = received[name] as string;
  }
  return fields;
}

// RFC 9111 §4.2: they say how long the answer holds, whatever form of the representation it names
const OF_EXCHANGE = ['age', 'cache-control', 'date', 'expires'];

/** The fields of a stored response that a 304 confirms without updating it: those of the exchange are that of the 304. */
export function confirmedFields(stored: Fields, received: Fields): Record<string, string> {
  const ofExchange: Record<string, string> = {};
  for (const name of OF_EXCHANGE) if (name in received) ofExchange[name] = received[name] as string;
  return updatedFields(stored, ofExchange);
}

/**
 * What a 304 says of the one stored response whose validators were sent: it updates it; or confirms it without updating it;
 * or is about another.
 *
 * @see RFC 9111 §4.3.4
 */
export function verdictOn(stored: Fields, received: Fields): 'updates' | 'confirms' | 'contradicts' {
  const modified = received['last-modified'];
  if (received.etag !== undefined) {
    if (stored.etag !== undefined) return verdictByTag(stored.etag, received.etag);
    // nginx before 1.7.3 took the tag off what it compressed, and not off its 304: the date that was sent is the one in common.
    return modified !== undefined && sameDate(modified, stored['last-modified']) ? 'confirms' : 'contradicts';
  }
  // A server that sends no validator with its 304 means the one it was asked about.
  if (modified === undefined || sameDate(modified, stored['last-modified'])) return 'updates';
  return 'contradicts';
}

function verdictByTag(stored: string, received: string): 'updates' | 'confirms' | 'contradicts' {
  const ours = parseEntityTag(stored);
  const theirs = parseEntityTag(received);
  // What is not an entity tag was sent as it came, and comes back as it was.
  if (!ours || !theirs) return stored === received ? 'updates' : 'contradicts';
  if (strongCompare(ours, theirs) || (isWeak(theirs) && weakCompare(ours, theirs))) return 'updates';
  return namesSame(ours, theirs) ? 'confirms' : 'contradicts';
}

/**
 * Whether a strong tag that is not the stored one names the same version all the same, whose other form it may not update:
 * nginx weakens the tag of a 200 that it compresses, and not that of the 304; hapi adds the suffix of a coding to the tag of
 * a 304 that it did not add to that of the 200 (docs/decisions/009).
 */
function namesSame(ours: EntityTag, theirs: EntityTag): boolean {
  return weakCompare(ours, theirs) || uncodedTag(ours) === theirs || uncodedTag(theirs) === ours;
}

function sameDate(a: string, b: string | undefined): boolean {
  return a === b || (b !== undefined && parseHttpDate(a) !== null && parseHttpDate(a) === parseHttpDate(b));
}
