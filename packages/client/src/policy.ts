import { parseHttpDate } from '@etag/core';
import { type Directives, parseCacheControl } from './cache-control.ts';
import type { StoredResponse } from './port.ts';

// Each identity has a partition of its own, so this is a private cache (RFC 9111 §3.5, §5.2.2.7).

/** RFC 9110 §15.1; but a 206 is part of a response that is not kept, and a redirect is stored only for as long as it says. */
const HEURISTICALLY_CACHEABLE = [200, 203, 204, 404, 405, 410, 414, 501];

/**
 * Whether a response to GET may be stored, and might be of use.
 *
 * @param requested - the directives of the request
 * @see RFC 9111 §3
 */
export function isStorable(requested: Directives, status: number, headers: StoredResponse['headers']): boolean {
  const directives = parseCacheControl(headers['cache-control']);
  if (requested.has('no-store') || directives.has('no-store')) return false;
  // RFC 9110 §15.3.7, §15.4.5: a part, and a response that is about another
  if (status < 200 || status === 206 || status === 304) return false;
  // No Response can be made with such a status; and of a redirect that leads nowhere there is its content, which is not kept.
  if (status > 599 || (isRedirect(status) && headers.location === undefined)) return false;
  const isExplicit = directives.has('max-age') || headers.expires !== undefined;
  return isExplicit || HEURISTICALLY_CACHEABLE.includes(status);
}

/**
 * Whether a stored response may answer a request without asking.
 *
 * @param now - ms since the epoch
 * @see RFC 9111 §4.2, §5.2.1
 */
export function isFresh(stored: StoredResponse, requested: Directives, now: number): boolean {
  const directives = parseCacheControl(stored.headers['cache-control']);
  // RFC 9111 §5.2.1.4, §5.2.2.4
  if (directives.has('no-cache') || requested.has('no-cache')) return false;
  // Rounded up: an old response must not be taken for a younger one.
  const age = Math.ceil(ageOf(stored, now));
  const left = lifetimeOf(stored, directives) - age;
  // RFC 9111 §5.2.1.1, §5.2.1.3
  if (age > (seconds(requested.get('max-age')) ?? Infinity)) return false;
  if (left < (seconds(requested.get('min-fresh')) ?? -Infinity)) return false;
  return left > 0 || (!neverStale(directives) && -left <= mostStale(requested));
}

/** How stale a request lets a response be, in seconds; negative where it does not (RFC 9111 §5.2.1.2). */
function mostStale(requested: Directives): number {
  const argument = requested.get('max-stale');
  if (argument === undefined) return -1;
  return argument === '' ? Infinity : (seconds(argument) ?? -1);
}

/**
 * Whether a stored response that is stale may be used all the same, by a directive of its own or of the request:
 * `stale-if-error` after a failure, `stale-while-revalidate` while it is validated.
 *
 * @see RFC 5861 §3, §4, RFC 9111 §4.2.4
 */
export function isFreshBy(
  directive: 'stale-if-error' | 'stale-while-revalidate',
  stored: StoredResponse,
  requested: Directives,
  now: number,
): boolean {
  const directives = parseCacheControl(stored.headers['cache-control']);
  if (neverStale(directives)) return false;
  const allowed = Math.max(seconds(directives.get(directive)) ?? 0, seconds(requested.get(directive)) ?? 0);
  return ageOf(stored, now) - lifetimeOf(stored, directives) < allowed;
}

/** RFC 9111 §5.2.2.2, §5.2.2.4 */
function neverStale(directives: Directives): boolean {
  return directives.has('must-revalidate') || directives.has('no-cache');
}

/** A number of seconds; undefined for anything else. */
export function seconds(argument: string | undefined): number | undefined {
  return /^\d+$/.test(argument ?? '') ? Number(argument) : undefined;
}

/** What an Age field says, in seconds; 0 where it says nothing. Of several, the first counts (RFC 9111 §5.1). */
export function ageIn(field: string | null | undefined): number {
  return seconds(field?.split(',')[0]?.trim()) ?? 0;
}

/**
 * The age of a stored response in seconds.
 *
 * @see RFC 9111 §4.2.3
 */
export function ageOf({ headers, requested, received }: StoredResponse, now: number): number {
  const correctedAge = ageIn(headers.age) + Math.max(0, received - requested) / 1000;
  // A cache on the way may have left Age out. A date has no fractions of a second, so neither has what is left of it.
  const apparentAge = Math.floor((received - (parseHttpDate(headers.date ?? '') ?? received)) / 1000);
  // Where the clock was set back nobody knows how old it is: no younger than the clock is wrong, lest it be fresh till then.
  return Math.max(apparentAge, correctedAge) + Math.abs(now - received) / 1000;
}

/** The longest that a response is taken for fresh which does not say how long it is, in seconds: a day (decision 090). */
const LONGEST_GUESS = 86_400;

/**
 * How long a response is fresh, in seconds from when the origin server sent it.
 *
 * @see RFC 9111 §4.2.1
 */
function lifetimeOf({ status, headers, received }: StoredResponse, directives: Directives): number {
  // What is not a number of seconds makes it stale; the next field does not count then.
  if (directives.has('max-age')) return seconds(directives.get('max-age')) ?? 0;
  // RFC 9111 §5.4: where there is no Cache-Control
  if (headers['cache-control'] === undefined && /no-cache/i.test(headers.pragma ?? '')) return 0;
  const date = parseHttpDate(headers.date ?? '') ?? received;
  // RFC 9111 §5.3: what is not an HTTP-date has expired already
  if (headers.expires !== undefined) return ((parseHttpDate(headers.expires) ?? 0) - date) / 1000;
  const modified = parseHttpDate(headers['last-modified'] ?? '');
  // RFC 9111 §4.2.2
  if (modified === null || !HEURISTICALLY_CACHEABLE.includes(status)) return 0;
  return Math.min(Math.max(0, Math.min(date, received) - modified) / 10_000, LONGEST_GUESS);
}

/** Whether a status leads to another URL. */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Whether it does so for good (RFC 9110 §15.4.2, §15.4.9). */
export function isPermanentRedirect(status: number): boolean {
  return status === 301 || status === 308;
}
