import { formatHttpDate, parseHttpDate } from '@etag/core';
import CachePolicy from '/work/main/node_modules/.pnpm/http-cache-semantics@4.3.0/node_modules/http-cache-semantics/index.js';
import { type Directives, formatCacheControl, parseCacheControl } from './cache-control.ts';
import type { StoredResponse } from './port.ts';

// http-cache-semantics decides what may be stored and how long it is fresh. It compares directives case-sensitively, reads
// dates by Date.parse, serves a no-cache or must-revalidate response under max-stale, and never serves a must-revalidate
// one: so it is given normalized fields, and asked only what it answers right.

/** Each identity has a partition of its own, so this is a private cache (RFC 9111 §3.5, §5.2.2.7). */
const PRIVATE = { shared: false };

/**
 * Whether a response to GET may be stored.
 *
 * @param requested - the directives of the request
 * @see RFC 9111 §3
 */
export function isStorable(requested: Directives, status: number, headers: StoredResponse['headers']): boolean {
  const directives = parseCacheControl(headers['cache-control']);
  if (directives.has('no-store')) return false;
  // A redirect is followed, a 206 is part of a response that is not kept.
  if ((status >= 300 && status < 400) || status === 206) return false;
  return new CachePolicy(
    { method: 'GET', headers: { 'cache-control': formatCacheControl(requested) } },
    { status, headers: normalized(headers, directives) },
    PRIVATE,
  ).storable();
}

/**
 * Whether a stored response may answer a request without asking.
 *
 * @param now - ms since the epoch
 * @see RFC 9111 §4.2, §5.2.1
 */
export function isFresh(stored: StoredResponse, requested: Directives, now: number): boolean {
  const directives = parseCacheControl(stored.headers['cache-control']);
  const asked = new Map(requested);
  // RFC 9111 §5.2.2.2, §5.2.2.4: max-stale does not make up for them
  if (neverStale(directives)) asked.delete('max-stale');
  return policyOf(stored, directives, now).satisfiesWithoutRevalidation({
    headers: { 'cache-control': formatCacheControl(asked) },
  });
}

/**
 * Whether a stored response may stand in for an answer that failed.
 *
 * @see RFC 5861 §4, RFC 9111 §4.2.4
 */
export function isFreshIfError(stored: StoredResponse, requested: Directives, now: number): boolean {
  const directives = parseCacheControl(stored.headers['cache-control']);
  if (neverStale(directives)) return false;
  const allowed = Math.max(seconds(directives.get('stale-if-error')), seconds(requested.get('stale-if-error')));
  return ageOf(stored, now) - policyOf(stored, directives, now).maxAge() < allowed;
}

function neverStale(directives: Directives): boolean {
  return directives.has('must-revalidate') || directives.has('no-cache');
}

/** A number of seconds; 0 for anything else. */
function seconds(argument: string | undefined): number {
  return /^\d+$/.test(argument ?? '') ? Number(argument) : 0;
}

/**
 * The age of a stored response in seconds.
 *
 * @see RFC 9111 §4.2.3
 */
export function ageOf(stored: StoredResponse, now: number): number {
  const ageValue = seconds(stored.headers.age?.split(',')[0]?.trim());
  const residentTime = now - stored.received;
  return ageValue + Math.max(0, stored.received - stored.requested + residentTime) / 1000;
}

function policyOf(stored: StoredResponse, directives: Directives, now: number): CachePolicy {
  const fields = normalized(stored.headers, directives);
  // Rounded up: it reads whole seconds, and must not take an old response for a younger one.
  const age = `${Math.ceil(ageOf(stored, now))}`;
  const date = fields.date ?? formatHttpDate(stored.received);
  return new CachePolicy(
    { method: 'GET', headers: {} },
    { status: stored.status, headers: { ...fields, age, date } },
    PRIVATE,
  );
}

/** The fields that matter to freshness, in the forms that http-cache-semantics reads right. */
function normalized(headers: StoredResponse['headers'], directives: Directives): Record<string, string> {
  const fields: Record<string, string> = {};
  if (directives.size > 0) {
    // Whether it is stale is all that must-revalidate asks for; http-cache-semantics would never serve it.
    const rest = [...directives].filter(([name]) => name !== 'must-revalidate');
    fields['cache-control'] = formatCacheControl(new Map(rest));
  }
  if (headers.pragma) fields.pragma = headers.pragma;
  // RFC 9111 §5.3: what is no HTTP-date has expired already
  if (headers.expires !== undefined) fields.expires = imfFixdate(headers.expires) ?? '0';
  for (const name of ['date', 'last-modified']) {
    const date = imfFixdate(headers[name]);
    if (date) fields[name] = date;
  }
  return fields;
}

function imfFixdate(fieldValue: string | undefined): string | null {
  const time = parseHttpDate(fieldValue ?? '');
  return time === null ? null : formatHttpDate(time);
}
