import type { DateVector } from '../vector.ts';
import { INVALID_DATES, LATER } from './dates.ts';

function date(id: string, what: string, value: string, expect: string | number | null, now?: string): DateVector {
  return {
    id: `date-${id}`,
    section: '5.6.7',
    title: `§5.6.7 ${what}`,
    value,
    ...(now !== undefined && { now: Date.parse(now) }),
    expect: typeof expect === 'string' ? Date.parse(expect) : expect,
  };
}

const valid: DateVector[] = [
  date('imf', 'the preferred format', 'Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777_000),
  date(
    'rfc850',
    'the obsolete RFC 850 format',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    784_111_777_000,
    '2026-01-01T00:00:00Z',
  ),
  date('asctime', "ANSI C's asctime() format", 'Sun Nov  6 08:49:37 1994', 784_111_777_000),
  date('asctime-two-digits', 'asctime with a day of two digits', 'Wed Nov 16 08:49:37 1994', '1994-11-16T08:49:37Z'),
  date('asctime-zero', 'asctime with a padded day', 'Sun Nov 06 08:49:37 1994', '1994-11-06T08:49:37Z'),
  date('epoch', 'the epoch', 'Thu, 01 Jan 1970 00:00:00 GMT', 0),
  date('epoch-asctime', 'the epoch in the asctime format', 'Thu Jan  1 00:00:00 1970', 0),
  date(
    'epoch-rfc850',
    'the epoch in the RFC 850 format',
    'Thursday, 01-Jan-70 00:00:00 GMT',
    0,
    '2019-12-31T00:00:00Z',
  ),
  date('before-epoch', 'a second before the epoch', 'Wed, 31 Dec 1969 23:59:59 GMT', -1000),
  date('year-1900', 'a year long past', 'Mon, 01 Jan 1900 00:00:00 GMT', '1900-01-01T00:00:00Z'),
  date('year-9999', 'the last date there is', 'Fri, 31 Dec 9999 23:59:59 GMT', 253_402_300_799_000),
  date('beyond-32-bits', 'a date beyond 32 bits of seconds', 'Tue, 19 Jan 2038 03:14:08 GMT', 2_147_483_648_000),
  date('leap-day', 'a leap day', 'Thu, 29 Feb 2024 00:00:00 GMT', '2024-02-29T00:00:00Z'),
  date(
    'leap-day-400',
    'the leap day of a year that 400 divides',
    'Tue, 29 Feb 2000 00:00:00 GMT',
    '2000-02-29T00:00:00Z',
  ),
  date('leap-day-asctime', 'a leap day in the asctime format', 'Thu Feb 29 00:00:00 2024', '2024-02-29T00:00:00Z'),
  date(
    'leap-day-rfc850',
    'a leap day in the RFC 850 format',
    'Thursday, 29-Feb-24 00:00:00 GMT',
    '2024-02-29T00:00:00Z',
    '2026-01-01T00:00:00Z',
  ),
  date('leap-second', 'a leap second', 'Thu, 31 Dec 1998 23:59:60 GMT', '1999-01-01T00:00:00Z'),
  date(
    'leap-second-asctime',
    'a leap second in the asctime format',
    'Thu Dec 31 23:59:60 1998',
    '1999-01-01T00:00:00Z',
  ),
  date('midnight', 'the first second of a day', 'Sun, 06 Nov 1994 00:00:00 GMT', '1994-11-06T00:00:00Z'),
  date('last-second', 'the last second of a day', 'Sun, 06 Nov 1994 23:59:59 GMT', '1994-11-06T23:59:59Z'),
];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The last day of every month of a common year. */
const months: DateVector[] = MONTHS.map((month, index) => {
  const last = new Date(Date.UTC(2023, index + 1, 0));
  const value = `${DAYS[last.getUTCDay()]}, ${last.getUTCDate()} ${month} 2023 00:00:00 GMT`;
  return date(`month-${month.toLowerCase()}`, `the last day of ${month}`, value, last.getTime());
});

const NOW = '2026-06-15T12:00:00Z';

/** A two-digit year: more than 50 years ahead is the past. */
const centuries: DateVector[] = [
  date('century-this-year', 'a two-digit year: this one', 'Monday, 15-Jun-26 12:00:00 GMT', NOW, NOW),
  date(
    'century-next-year',
    'a two-digit year: the next one',
    'Tuesday, 15-Jun-27 12:00:00 GMT',
    '2027-06-15T12:00:00Z',
    NOW,
  ),
  date(
    'century-49',
    'a two-digit year: 49 years ahead',
    'Saturday, 15-Jun-75 12:00:00 GMT',
    '2075-06-15T12:00:00Z',
    NOW,
  ),
  date('century-50', 'a two-digit year: 50 years ahead', 'Monday, 15-Jun-76 12:00:00 GMT', '2076-06-15T12:00:00Z', NOW),
  date(
    'century-50-and-a-second',
    'a two-digit year: a second more than 50 years ahead is in the past',
    'Tuesday, 15-Jun-76 12:00:01 GMT',
    '1976-06-15T12:00:01Z',
    NOW,
  ),
  date(
    'century-51',
    'a two-digit year: 51 years ahead is in the past',
    'Wednesday, 15-Jun-77 12:00:00 GMT',
    '1977-06-15T12:00:00Z',
    NOW,
  ),
  date('century-99', 'a two-digit year: 99', 'Friday, 31-Dec-99 23:59:59 GMT', '1999-12-31T23:59:59Z', NOW),
  date('century-00', 'a two-digit year: 00', 'Saturday, 01-Jan-00 00:00:00 GMT', '2000-01-01T00:00:00Z', NOW),
  date(
    'century-moves',
    'a two-digit year depends on the time at which it is read',
    'Tuesday, 15-Jun-76 12:00:01 GMT',
    '2076-06-15T12:00:01Z',
    '2030-01-01T00:00:00Z',
  ),
];

const OUT_OF_RANGE: [slug: string, what: string, value: string][] = [
  ['hour-24', 'no hour 24', 'Sun, 06 Nov 1994 24:00:00 GMT'],
  ['minute-60', 'no minute 60', 'Sun, 06 Nov 1994 08:60:37 GMT'],
  ['second-61', 'no second 61', 'Sat, 31 Dec 2016 23:59:61 GMT'],
  ['second-60-at-noon', 'no leap second at noon', 'Sat, 31 Dec 2016 12:00:60 GMT'],
  ['day-00', 'no day 00', 'Sun, 00 Nov 1994 08:49:37 GMT'],
  ['day-32', 'no day 32', 'Sat, 32 Dec 1994 08:49:37 GMT'],
  ['day-31-of-30', 'no 31st of November', 'Thu, 31 Nov 1994 08:49:37 GMT'],
  ['feb-29-common', 'no leap day in a common year', 'Wed, 29 Feb 2023 00:00:00 GMT'],
  ['feb-29-1900', 'no leap day in a year that 100 divides and 400 does not', 'Thu, 29 Feb 1900 00:00:00 GMT'],
  ['feb-29-2100', 'no leap day in 2100', 'Mon, 29 Feb 2100 00:00:00 GMT'],
  ['feb-30', 'no 30th of February', 'Fri, 30 Feb 2024 00:00:00 GMT'],
  ['asctime-feb-30', 'no 30th of February in the asctime format', 'Fri Feb 30 00:00:00 2024'],
  ['rfc850-day-32', 'no day 32 in the RFC 850 format', 'Saturday, 32-Dec-94 08:49:37 GMT'],
  ['month', 'no month Foo', 'Sun, 06 Foo 1994 08:49:37 GMT'],
];

const NO_DATES: [slug: string, what: string, value: string][] = [
  ['empty', 'an empty value', ''],
  ['number', 'a number', '3000'],
  ['zero', 'zero', '0'],
  ['negative', 'a negative number', '-1'],
  ['exponent', 'a number with an exponent', '1e12'],
  ['word', 'a word', 'now'],
  ['null', 'the word null', 'null'],
  ['list', 'two dates', `${LATER}, ${LATER}`],
  ['prefix', 'something before a date', `x${LATER}`],
  ['truncated', 'a date that is cut off', LATER.slice(0, -1)],
  ['other-length', 'as long as a date', 'x'.repeat(29)],
  ['other-digits', 'digits of another script', 'Sun, \u0660\u0666 Nov 1994 08:49:37 GMT'],
  ['minus', 'a sign for a digit', 'Sun, -6 Nov 1994 08:49:37 GMT'],
  ['space-digit', 'a space for a digit', 'Sun,  6 Nov 1994 08:49:37 GMT'],
  ['dots', 'dots for colons', 'Sun, 06 Nov 1994 08.49.37 GMT'],
  ['no-break-space', 'a no-break space for a space', 'Sun, 06 Nov\xa01994 08:49:37 GMT'],
  ['upper-case-day', 'the day name in upper case', 'SUN, 06 Nov 1994 08:49:37 GMT'],
  ['lower-case-month', 'the month in lower case', 'Sun, 06 nov 1994 08:49:37 GMT'],
  ['mixed-case-zone', 'the zone in mixed case', 'Sun, 06 Nov 1994 08:49:37 Gmt'],
  ['asctime-lower-case', 'asctime in lower case', 'sun nov  6 08:49:37 1994'],
  ['rfc850-upper-case', 'RFC 850 in upper case', 'SUNDAY, 06-NOV-94 08:49:37 GMT'],
  ['rfc850-spaces', 'RFC 850 with spaces for dashes', 'Sunday, 06 Nov 94 08:49:37 GMT'],
  ['rfc850-no-day', 'RFC 850 with a day that does not exist', 'Someday, 06-Nov-94 08:49:37 GMT'],
];

/** RFC 9110 §5.6.7: which values are dates, and which time they name. */
export const httpDateVectors: DateVector[] = [
  ...valid,
  ...months,
  ...centuries,
  ...OUT_OF_RANGE.map(([slug, what, value]) => date(`range-${slug}`, what, value, null)),
  ...INVALID_DATES.map(({ slug, title, write }) => date(`invalid-${slug}`, `not a date: ${title}`, write(LATER), null)),
  ...NO_DATES.map(([slug, what, value]) => date(`none-${slug}`, `not a date: ${what}`, value, null)),
];
