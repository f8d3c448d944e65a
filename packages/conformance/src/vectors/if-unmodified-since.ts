import type { FieldLine } from '@etag/wire';
import { plainStatus, type Vector, type VectorState } from '../vector.ts';
import { asctime, EARLIER, INVALID_DATES, LATER, MODIFIED, rfc850 } from './dates.ts';
import { failed, METHODS, proceed, unconditional } from './expectation.ts';

const DATED: VectorState = { lastModified: MODIFIED };
const UNMODIFIED = proceed('if-unmodified-since', 'unmodified');
const CHANGED = failed('if-unmodified-since', 'modified');

/** A write guarded by If-Unmodified-Since. */
function guarded(
  id: string,
  what: string,
  value: string | string[],
  expect: Vector['expect'],
  state: VectorState | null = DATED,
): Vector {
  const headers = [value].flat().map((line): FieldLine => ['If-Unmodified-Since', line]);
  const title = `§13.1.4 ${what}`;
  return { id: `if-unmodified-since-${id}`, section: '13.1.4', title, method: 'PUT', state, headers, expect };
}

const methods: Vector[] = METHODS.flatMap((method): Vector[] => {
  const of = (
    id: string,
    what: string,
    value: string,
    expect: Vector['expect'],
    state = DATED as VectorState | null,
  ) => ({
    ...guarded(`${id}-${method.toLowerCase()}`, `${method}: ${what}`, value, expect, state),
    method,
  });
  return [
    of('equal', 'the same second is no modification', MODIFIED, UNMODIFIED),
    of('later', 'a later date is no modification', LATER, UNMODIFIED),
    of('earlier', 'an earlier date is a modification', EARLIER, CHANGED),
    of('absent', 'ignored where nothing exists', EARLIER, unconditional(plainStatus(method, false)), null),
  ];
});

const invalid = INVALID_DATES.map(({ slug, title, write }) =>
  guarded(`invalid-${slug}`, `ignored: ${title}`, write(EARLIER), unconditional()),
);

/** Values that are not a date at all, or not to an HTTP recipient. */
const NO_DATES: [slug: string, what: string, value: string][] = [
  ['number', 'a number', '0'],
  ['number-year', 'a number that reads as a year', '1990'],
  ['empty', 'an empty value', ''],
  ['word', 'a word', 'never'],
  ['asterisk', 'an asterisk', '*'],
  ['tag', 'an entity tag', '"v0"'],
  ['hour-24', 'an hour of 24', 'Sat, 01 Oct 1994 24:00:00 GMT'],
  ['day-31', 'a day that the month does not have', 'Sat, 31 Sep 1994 08:49:37 GMT'],
  ['no-leap-day', 'a leap day of no leap year', 'Mon, 29 Feb 1993 08:49:37 GMT'],
];

/** RFC 9110 §13.1.4: If-Unmodified-Since. */
export const ifUnmodifiedSinceVectors: Vector[] = [
  ...methods,
  ...invalid,
  ...NO_DATES.map(([slug, what, value]) => guarded(`invalid-${slug}`, `ignored: ${what}`, value, unconditional())),
  guarded('second-later', 'one second later', 'Sat, 29 Oct 1994 19:43:32 GMT', UNMODIFIED),
  guarded('second-earlier', 'one second earlier', 'Sat, 29 Oct 1994 19:43:30 GMT', CHANGED),
  guarded('rfc850', 'the obsolete RFC 850 format', rfc850(LATER), UNMODIFIED),
  guarded('rfc850-earlier', 'an earlier date in the RFC 850 format', rfc850(EARLIER), CHANGED),
  guarded('asctime', 'the obsolete asctime format', asctime(LATER), UNMODIFIED),
  guarded('asctime-earlier', 'an earlier date in the asctime format', asctime(EARLIER), CHANGED),
  guarded('far-future', "a date beyond the server's clock", 'Fri, 31 Dec 9999 23:59:59 GMT', UNMODIFIED),
  guarded('epoch', 'the epoch is a date', 'Thu, 01 Jan 1970 00:00:00 GMT', CHANGED),
  guarded('epoch-state', 'a resource as old as the epoch', 'Thu, 01 Jan 1970 00:00:00 GMT', UNMODIFIED, {
    lastModified: 'Thu, 01 Jan 1970 00:00:00 GMT',
  }),
  guarded('epoch-state-earlier', 'a date before the epoch', 'Wed, 31 Dec 1969 23:59:59 GMT', CHANGED, {
    lastModified: 'Thu, 01 Jan 1970 00:00:00 GMT',
  }),
  guarded('milliseconds', 'a change is cut to its second', MODIFIED, UNMODIFIED, { ...DATED, milliseconds: 999 }),
  guarded(
    'milliseconds-earlier',
    'a change is not cut to the second before',
    'Sat, 29 Oct 1994 19:43:30 GMT',
    CHANGED,
    {
      ...DATED,
      milliseconds: 1,
    },
  ),
  guarded('no-date', 'ignored without a modification date', EARLIER, unconditional(), { etag: '"v1"' }),
  guarded('no-validator', 'ignored without a validator', EARLIER, unconditional(), {}),
  guarded('list', 'a list of dates is not a date', `${EARLIER}, ${EARLIER}`, unconditional()),
  guarded('lines', 'repeated lines are a list of dates', [EARLIER, EARLIER], unconditional()),
  guarded('lines-different', 'repeated lines with different dates', [EARLIER, LATER], unconditional()),
  guarded('with-tag', 'the date decides when no tag is sent', EARLIER, CHANGED, { ...DATED, etag: '"v1"' }),
  guarded('with-tag-later', 'the date lets it through beside a tag', LATER, UNMODIFIED, { ...DATED, etag: '"v1"' }),
  {
    ...guarded('name-lower-case', 'field names are case-insensitive', EARLIER, CHANGED),
    headers: [['if-unmodified-since', EARLIER]],
  },
];
