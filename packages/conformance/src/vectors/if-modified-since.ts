import type { FieldLine } from '@etag/wire';
import { plainStatus, type Vector, type VectorState } from '../vector.ts';
import { asctime, EARLIER, INVALID_DATES, LATER, MODIFIED, rfc850 } from './dates.ts';
import { notModified, proceed, SAFE_METHODS, UNSAFE_METHODS, unconditional } from './expectation.ts';

const DATED: VectorState = { lastModified: MODIFIED };
const UNMODIFIED = notModified('if-modified-since', 'unmodified');
const CHANGED = proceed('if-modified-since', 'modified');

/** A GET that revalidates by If-Modified-Since. */
function revalidated(
  id: string,
  what: string,
  value: string | string[],
  expect: Vector['expect'],
  state: VectorState | null = DATED,
): Vector {
  const headers = [value].flat().map((line): FieldLine => ['If-Modified-Since', line]);
  const title = `§13.1.3 ${what}`;
  return { id: `if-modified-since-${id}`, section: '13.1.3', title, method: 'GET', state, headers, expect };
}

const safe: Vector[] = SAFE_METHODS.flatMap((method): Vector[] => {
  const of = (id: string, what: string, value: string, expect: Vector['expect']): Vector => ({
    ...revalidated(`${id}-${method.toLowerCase()}`, `${method}: ${what}`, value, expect),
    method,
  });
  return [
    of('equal', 'the same second is no modification', MODIFIED, UNMODIFIED),
    of('later', 'a later date is no modification', LATER, UNMODIFIED),
    of('earlier', 'an earlier date is a modification', EARLIER, CHANGED),
  ];
});

const unsafe: Vector[] = UNSAFE_METHODS.flatMap((method): Vector[] => [
  {
    ...revalidated(`ignored-${method.toLowerCase()}`, `${method}: ignored`, LATER, unconditional()),
    method,
  },
  {
    ...revalidated(
      `ignored-absent-${method.toLowerCase()}`,
      `${method}: ignored where nothing exists`,
      LATER,
      unconditional(plainStatus(method, false)),
      null,
    ),
    method,
  },
]);

const invalid = INVALID_DATES.map(({ slug, title, write }) =>
  revalidated(`invalid-${slug}`, `ignored: ${title}`, write(LATER), unconditional()),
);

/** Values that are not a date at all, or not to an HTTP recipient. */
const NO_DATES: [slug: string, what: string, value: string][] = [
  ['number', 'a number', '784111777'],
  ['number-year', 'a number that reads as a year', '2024'],
  ['milliseconds', 'milliseconds since the epoch', '784111777000'],
  ['negative', 'a negative number', '-1'],
  ['empty', 'an empty value', ''],
  ['word', 'a word', 'now'],
  ['month-and-year', 'a month and a year', 'Nov 2024'],
  ['asterisk', 'an asterisk', '*'],
  ['tag', 'an entity tag', '"v1"'],
  ['hour-24', 'an hour of 24', 'Sun, 06 Nov 1994 24:00:00 GMT'],
  ['minute-60', 'a minute of 60', 'Sun, 06 Nov 1994 08:60:37 GMT'],
  ['day-31', 'a day that the month does not have', 'Thu, 31 Nov 1994 08:49:37 GMT'],
  ['no-leap-day', 'a leap day of no leap year', 'Wed, 29 Feb 1995 08:49:37 GMT'],
];

/** RFC 9110 §13.1.3: If-Modified-Since. */
export const ifModifiedSinceVectors: Vector[] = [
  ...safe,
  ...unsafe,
  ...invalid,
  ...NO_DATES.map(([slug, what, value]) => revalidated(`invalid-${slug}`, `ignored: ${what}`, value, unconditional())),
  revalidated('second-later', 'one second later', 'Sat, 29 Oct 1994 19:43:32 GMT', UNMODIFIED),
  revalidated('second-earlier', 'one second earlier', 'Sat, 29 Oct 1994 19:43:30 GMT', CHANGED),
  revalidated('rfc850', 'the obsolete RFC 850 format', rfc850(LATER), UNMODIFIED),
  revalidated('rfc850-equal', 'the same second in the RFC 850 format', rfc850(MODIFIED), UNMODIFIED),
  revalidated('rfc850-earlier', 'an earlier date in the RFC 850 format', rfc850(EARLIER), CHANGED),
  revalidated('asctime', 'the obsolete asctime format', asctime(LATER), UNMODIFIED),
  revalidated('asctime-equal', 'the same second in the asctime format', asctime(MODIFIED), UNMODIFIED),
  revalidated('asctime-earlier', 'an earlier date in the asctime format', asctime(EARLIER), CHANGED),
  revalidated('far-future', "a date beyond the server's clock", 'Fri, 31 Dec 9999 23:59:59 GMT', UNMODIFIED),
  revalidated('before-epoch', 'a date before 1970', 'Wed, 31 Dec 1969 23:59:59 GMT', CHANGED),
  revalidated('epoch', 'the epoch', 'Thu, 01 Jan 1970 00:00:00 GMT', UNMODIFIED, {
    lastModified: 'Thu, 01 Jan 1970 00:00:00 GMT',
  }),
  revalidated('epoch-modified', 'a change after the epoch', 'Thu, 01 Jan 1970 00:00:00 GMT', CHANGED),
  revalidated('state-before-epoch', 'a change before 1970', 'Wed, 31 Dec 1969 23:59:58 GMT', CHANGED, {
    lastModified: 'Wed, 31 Dec 1969 23:59:59 GMT',
  }),
  revalidated('milliseconds', 'a change is cut to its second', MODIFIED, UNMODIFIED, { ...DATED, milliseconds: 999 }),
  revalidated('one-millisecond', 'a change one millisecond into the second', MODIFIED, UNMODIFIED, {
    ...DATED,
    milliseconds: 1,
  }),
  revalidated(
    'milliseconds-earlier',
    'a change is not cut to the second before',
    'Sat, 29 Oct 1994 19:43:30 GMT',
    CHANGED,
    { ...DATED, milliseconds: 1 },
  ),
  revalidated(
    'milliseconds-before-epoch',
    'a change before 1970 is cut downwards',
    'Wed, 31 Dec 1969 23:59:59 GMT',
    UNMODIFIED,
    {
      lastModified: 'Wed, 31 Dec 1969 23:59:59 GMT',
      milliseconds: 500,
    },
  ),
  revalidated('leap-second', 'a leap second', 'Fri, 30 Jun 1995 23:59:60 GMT', UNMODIFIED),
  revalidated('leap-day', 'a leap day', 'Tue, 29 Feb 2000 12:00:00 GMT', UNMODIFIED),
  revalidated('no-date', 'ignored without a modification date', LATER, unconditional(), { etag: '"v1"' }),
  revalidated('no-validator', 'ignored without a validator', LATER, unconditional(), {}),
  revalidated('absent', 'ignored where nothing exists', LATER, unconditional(404), null),
  revalidated('list', 'a list of dates is not a date', `${LATER}, ${LATER}`, unconditional()),
  revalidated('lines', 'repeated lines are not a date', [LATER, LATER], unconditional()),
  revalidated(
    'lines-different',
    'repeated lines with different dates are not a date',
    [LATER, EARLIER],
    unconditional(),
  ),
  revalidated('with-tag', 'the date decides when no tag is sent', MODIFIED, UNMODIFIED, { ...DATED, etag: '"v1"' }),
  revalidated('with-weak-tag', 'the date decides beside a weak tag', EARLIER, CHANGED, { ...DATED, etag: 'W/"v1"' }),
  {
    ...revalidated('name-lower-case', 'field names are case-insensitive', LATER, UNMODIFIED),
    headers: [['if-modified-since', LATER]],
  },
];
