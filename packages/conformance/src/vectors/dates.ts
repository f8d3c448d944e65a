/** When the resources of the vectors were last modified. */
export const MODIFIED = 'Sat, 29 Oct 1994 19:43:31 GMT';
/** A time before that; its day has a single digit. */
export const EARLIER = 'Wed, 05 Oct 1994 08:49:37 GMT';
/** A time after that. */
export const LATER = 'Sun, 06 Nov 1994 08:49:37 GMT';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

interface DateParts {
  dayName: string;
  longDayName: string;
  day: string;
  month: string;
  /** The number of the month, two digits. */
  mm: string;
  year: string;
  yy: string;
  time: string;
}

function parts(imf: string): DateParts {
  const [dayName = '', day = '', month = '', year = '', time = ''] = imf.split(/,? /);
  return {
    dayName,
    longDayName: LONG_DAYS.find((name) => name.startsWith(dayName)) ?? '',
    day,
    month,
    mm: `${MONTHS.indexOf(month) + 1}`.padStart(2, '0'),
    year,
    yy: year.slice(2),
    time,
  };
}

/** The obsolete RFC 850 form of an IMF-fixdate. */
export function rfc850(imf: string): string {
  const { longDayName, day, month, yy, time } = parts(imf);
  return `${longDayName}, ${day}-${month}-${yy} ${time} GMT`;
}

/** The obsolete asctime form of an IMF-fixdate. */
export function asctime(imf: string): string {
  const { dayName, day, month, year, time } = parts(imf);
  return `${dayName} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
}

/** A way to write a time that is not an HTTP-date. */
export interface InvalidDate {
  slug: string;
  title: string;
  /** Writes the time of an IMF-fixdate that way. */
  write(imf: string): string;
}

function invalid(slug: string, title: string, write: (date: DateParts) => string): InvalidDate {
  return { slug, title, write: (imf) => write(parts(imf)) };
}

/** HTTP-date is a closed set of three formats and case-sensitive (RFC 9110 §5.6.7): none of these is one. */
export const INVALID_DATES: InvalidDate[] = [
  invalid('iso-seconds', 'ISO 8601 with seconds', (d) => `${d.year}-${d.mm}-${d.day}T${d.time}Z`),
  invalid('iso-milliseconds', 'ISO 8601 with milliseconds', (d) => `${d.year}-${d.mm}-${d.day}T${d.time}.000Z`),
  invalid('iso-date', 'ISO 8601 without a time', (d) => `${d.year}-${d.mm}-${d.day}`),
  invalid('sql-timestamp', 'an SQL timestamp', (d) => `${d.year}-${d.mm}-${d.day} ${d.time}`),
  invalid('slashes', 'a date with slashes', (d) => `${d.mm}/${d.day}/${d.year}`),
  invalid('zone-number', 'a zone of +0000', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} +0000`),
  invalid('zone-utc', 'a zone of UTC', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} UTC`),
  invalid('zone-z', 'a zone of Z', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} Z`),
  invalid('zone-est', 'a zone of EST', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} EST`),
  invalid('zone-offset', 'GMT with an offset', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} GMT+0100`),
  invalid('no-zone', 'no zone', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time}`),
  invalid('lower-case-zone', 'gmt in lower case', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} gmt`),
  invalid(
    'lower-case-day',
    'the day name in lower case',
    (d) => `${d.dayName.toLowerCase()}, ${d.day} ${d.month} ${d.year} ${d.time} GMT`,
  ),
  invalid(
    'upper-case-month',
    'the month in upper case',
    (d) => `${d.dayName}, ${d.day} ${d.month.toUpperCase()} ${d.year} ${d.time} GMT`,
  ),
  invalid('no-day-name', 'no day name', (d) => `${d.day} ${d.month} ${d.year} ${d.time} GMT`),
  invalid(
    'unknown-day-name',
    'a day name that does not exist',
    (d) => `Xyz, ${d.day} ${d.month} ${d.year} ${d.time} GMT`,
  ),
  invalid('long-day-name', 'the long day name', (d) => `${d.longDayName}, ${d.day} ${d.month} ${d.year} ${d.time} GMT`),
  invalid(
    'one-digit-day',
    'a day of one digit',
    (d) => `${d.dayName}, ${d.day.replace(/^0/, '')} ${d.month} ${d.year} ${d.time} GMT`,
  ),
  invalid(
    'two-digit-year',
    'a year of two digits in the preferred format',
    (d) => `${d.dayName}, ${d.day} ${d.month} ${d.yy} ${d.time} GMT`,
  ),
  invalid(
    'five-digit-year',
    'a year of five digits',
    (d) => `${d.dayName}, ${d.day} ${d.month} 0${d.year} ${d.time} GMT`,
  ),
  invalid(
    'dashes',
    'dashes and a year of four digits',
    (d) => `${d.dayName}, ${d.day}-${d.month}-${d.year} ${d.time} GMT`,
  ),
  invalid('no-comma', 'no comma', (d) => `${d.dayName} ${d.day} ${d.month} ${d.year} ${d.time} GMT`),
  invalid('no-space', 'no space after the comma', (d) => `${d.dayName},${d.day} ${d.month} ${d.year} ${d.time} GMT`),
  invalid('two-spaces', 'two spaces', (d) => `${d.dayName},  ${d.day} ${d.month} ${d.year} ${d.time} GMT`),
  invalid('tab', 'a tab for a space', (d) => `${d.dayName}, ${d.day}\t${d.month} ${d.year} ${d.time} GMT`),
  invalid('no-seconds', 'no seconds', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time.slice(0, 5)} GMT`),
  invalid('fraction', 'a part of a second', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time}.5 GMT`),
  invalid('one-digit-hour', 'an hour of one digit', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} 8:49:37 GMT`),
  invalid(
    'twelve-hours',
    'a clock of twelve hours',
    (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} AM GMT`,
  ),
  invalid('comment', 'a comment', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} GMT (UTC)`),
  invalid('parameter', 'a parameter', (d) => `${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} GMT; length=16`),
  invalid('quoted', 'quotes', (d) => `"${d.dayName}, ${d.day} ${d.month} ${d.year} ${d.time} GMT"`),
  invalid('asctime-zone', 'asctime with a zone', (d) => `${d.dayName} ${d.month}  ${+d.day} ${d.time} ${d.year} GMT`),
  invalid(
    'asctime-one-space',
    'asctime without padding',
    (d) => `${d.dayName} ${d.month} ${+d.day} ${d.time} ${d.year}`,
  ),
  invalid(
    'asctime-two-digit-year',
    'asctime with a year of two digits',
    (d) => `${d.dayName} ${d.month}  ${+d.day} ${d.time} ${d.yy}`,
  ),
  invalid(
    'javascript-date',
    "what JavaScript's Date prints",
    (d) => `${d.dayName} ${d.month} ${d.day} ${d.year} ${d.time} GMT+0000 (Coordinated Universal Time)`,
  ),
  invalid(
    'rfc850-four-digit-year',
    'RFC 850 with a year of four digits',
    (d) => `${d.longDayName}, ${d.day}-${d.month}-${d.year} ${d.time} GMT`,
  ),
  invalid(
    'rfc850-short-day-name',
    'RFC 850 with a short day name',
    (d) => `${d.dayName}, ${d.day}-${d.month}-${d.yy} ${d.time} GMT`,
  ),
  invalid('rfc850-lower-case', 'RFC 850 in lower case', (d) =>
    `${d.longDayName}, ${d.day}-${d.month}-${d.yy} ${d.time} GMT`.toLowerCase(),
  ),
  invalid('time-first', 'the time before the date', (d) => `${d.time} ${d.dayName}, ${d.day} ${d.month} ${d.year}`),
];
