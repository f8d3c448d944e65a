import { describe, expect, test } from 'vitest';
import { parseCacheControl } from './cache-control.ts';
import { response } from './laws/law.ts';
import { ageOf, isFresh, isFreshBy, isStorable } from './policy.ts';

const RECEIVED = Date.UTC(2026, 10, 21, 11, 11, 53);
const date = (seconds: number) => new Date(RECEIVED + seconds * 1000).toUTCString();

/** A response that was stored so many seconds ago. */
function stored(headers: Record<string, string>) {
  return response({ headers, requested: RECEIVED, received: RECEIVED });
}

describe('RFC 9111 §4.2 fresh after so many seconds, and no longer than that', () => {
  test.each<[headers: Record<string, string>, seconds: number]>([
    [{ 'cache-control': 'max-age=60' }, 60],
    [{ 'cache-control': 'Max-Age=60' }, 60],
    [{ 'cache-control': 'MAX-AGE="60"' }, 60],
    [{ 'cache-control': 'max-age=60, max-age=600' }, 60],
    [{ 'cache-control': 'max-age=60, must-revalidate' }, 60],
    [{ 'cache-control': 'max-age=60, Proxy-Revalidate' }, 60],
    [{ 'cache-control': 's-maxage=600, max-age=60' }, 60],
    [{ 'cache-control': 'max-age=60', expires: date(600) }, 60],
    [{ 'cache-control': 'private="set-cookie, x", max-age=60' }, 60],
    [{ 'cache-control': 'max-age=60', age: '20' }, 40],
    [{ 'cache-control': 'max-age=60', age: '20, 50' }, 40],
    [{ 'cache-control': 'max-age=60', age: 'old' }, 60],
    [{ 'cache-control': 'max-age=60', pragma: 'no-cache' }, 60],
    [{ expires: date(60), date: date(0) }, 60],
    [{ expires: date(60) }, 60],
    [{ expires: 'Sat Nov 21 11:12:53 2026' }, 60],
    [{ 'last-modified': date(-600), date: date(0) }, 60],
    // A clock that is years ahead, and a file that is from 1970 by its date.
    [{ 'last-modified': date(-600), date: date(1e8) }, 60],
    [{ 'last-modified': 'Thu, 01 Jan 1970 00:00:01 GMT', date: date(0) }, 86_400],
  ])('%o: %i', (headers, seconds) => {
    const fresh = (now: number) => isFresh(stored(headers), new Map(), now);
    expect([fresh(RECEIVED), fresh(RECEIVED + (seconds - 1) * 1000), fresh(RECEIVED + seconds * 1000)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each<Record<string, string>>([
    {},
    { 'cache-control': 'no-cache, max-age=60' },
    { 'cache-control': 'No-Cache="set-cookie", max-age=60' },
    { 'cache-control': 'max-age=0' },
    { 'cache-control': 'max-age=-60' },
    { 'cache-control': 'max-age=1.5', expires: date(60) },
    { 'cache-control': 'max-age', expires: date(60) },
    { expires: date(60), date: date(60) },
    { 'cache-control': 's-maxage=60' },
    { pragma: 'no-cache', expires: date(60) },
    { expires: '0' },
    { expires: '4000' },
    { expires: '2026-11-21T11:12:53Z' },
    { 'last-modified': '2020' },
  ])('%o: never', (headers) => {
    expect(isFresh(stored(headers), new Map(), RECEIVED)).toBe(false);
  });
});

test('RFC 9111 §4.2.3 the age is counted from when the request was sent', () => {
  const slow = response({ headers: { age: '10' }, requested: RECEIVED - 2000, received: RECEIVED });
  expect(ageOf(slow, RECEIVED + 5000)).toBe(17);
});

test('what came before the clock was set back is not fresh for as long as that', () => {
  const headers = { 'cache-control': 'max-age=60' };
  expect(isFresh(stored(headers), new Map(), RECEIVED - 3_600_000)).toBe(false);
  expect(isFresh(stored(headers), new Map(), RECEIVED - 1000)).toBe(true);
});

describe('RFC 9111 §5.2.1 what a request asks for, of a response that is 30 seconds old and fresh for 60', () => {
  const now = RECEIVED + 30_000;
  test.each<[asked: string, fresh: boolean]>([
    ['max-age=40', true],
    ['Max-Age=20', false],
    ['max-age=0', false],
    ['min-fresh=20', true],
    ['Min-Fresh=40', false],
    ['No-Cache', false],
    ['max-stale', true],
  ])('%s', (asked, fresh) => {
    expect(isFresh(stored({ 'cache-control': 'max-age=60' }), parseCacheControl(asked), now)).toBe(fresh);
  });

  test.each<[asked: string, control: string, fresh: boolean]>([
    ['max-stale', 'max-age=10', true],
    ['max-stale=30', 'max-age=10', true],
    ['max-stale=10', 'max-age=10', false],
    ['max-stale', 'max-age=10, Must-Revalidate', false],
    ['max-stale', 'max-age=10, no-cache', false],
  ])('%s, of %s', (asked, control, fresh) => {
    expect(isFresh(stored({ 'cache-control': control }), parseCacheControl(asked), now)).toBe(fresh);
  });
});

describe('RFC 5861 §4 stale-if-error, 30 seconds after', () => {
  test.each<[control: string, asked: string, allowed: boolean]>([
    ['max-age=10, stale-if-error=60', '', true],
    ['max-age=10, Stale-If-Error=60', '', true],
    ['max-age=10, stale-if-error=10', '', false],
    ['max-age=10', '', false],
    ['max-age=10', 'stale-if-error=60', true],
    ['max-age=10, stale-if-error=60, must-revalidate', '', false],
    ['no-cache, stale-if-error=60', '', false],
  ])('%s, asked for %s', (control, asked, allowed) => {
    expect(
      isFreshBy('stale-if-error', stored({ 'cache-control': control }), parseCacheControl(asked), RECEIVED + 30_000),
    ).toBe(allowed);
  });
});

describe('RFC 9111 §3 what may be stored', () => {
  test.each<[status: number, headers: Record<string, string>, storable: boolean]>([
    [200, {}, true],
    [203, {}, true],
    [404, {}, true],
    [201, {}, false],
    [500, {}, false],
    [206, {}, false],
    [301, {}, false],
    [304, {}, false],
    [301, { 'cache-control': 'max-age=60', location: '/new' }, true],
    [302, { 'cache-control': 'max-age=60', location: '/new' }, true],
    // Without a Location, its content is all there is, and a redirect is stored without any.
    [301, { 'cache-control': 'max-age=60' }, false],
    [400, { 'cache-control': 'max-age=60' }, true],
    [500, { expires: date(60) }, true],
    [299, {}, false],
    [206, { 'cache-control': 'max-age=60' }, false],
    [304, { 'cache-control': 'max-age=60' }, false],
    [200, { 'cache-control': 'private' }, true],
    [200, { 'cache-control': 'no-cache' }, true],
    [200, { 'cache-control': 'no-store' }, false],
    [200, { 'cache-control': 'NO-STORE' }, false],
    [200, { 'cache-control': 'x="no-store"' }, true],
    [200, { 'cache-control': 'must-understand, no-store' }, false],
  ])('%i %o', (status, headers, storable) => {
    expect(isStorable(new Map(), status, headers)).toBe(storable);
  });

  test('nothing to a request with no-store', () => {
    expect(isStorable(parseCacheControl('No-Store'), 200, {})).toBe(false);
  });
});
