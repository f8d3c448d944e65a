import { mistake } from './mistake.ts';

const DAY = 86_400_000;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
// IMF-fixdate = day-name "," SP day SP month SP year SP hour ":" minute ":" second SP GMT
const IMF_FIXDATE =
  /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

// All that follows stays in small integers.

/** The number that two digits make. */
function twoDigits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
}

/** The days from 1970-01-01 to a day of the proleptic Gregorian calendar; the month counts from 0, years from 0. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  // The year counts from 1 March, so that the leap day is its last; and from 400 years before, so that none is negative.
  const y = month < 2 ? year + 399 : year + 400;
  const dayOfYear = (((153 * ((month + 10) % 12) + 2) / 5) | 0) + day;
  return 365 * y + (y >> 2) - ((y / 100) | 0) + ((y / 400) | 0) + dayOfYear - 865_566;
}

/** The time in ms that an IMF-fixdate names; null for anything else. */
function parseImfFixdate(text: string): number | null {
  if (!IMF_FIXDATE.test(text)) return null;
  const month = MONTHS.indexOf(text.slice(8, 11)) / 3;
  const day = twoDigits(text, 5);
  const hour = twoDigits(text, 17);
  const minute = twoDigits(text, 20);
  const second = twoDigits(text, 23);
  const year = twoDigits(text, 12) * 100 + twoDigits(text, 14);
  const days = daysSinceEpoch(year, month, day);
  const inRange =
    day > 0 &&
    // A day that the month does not have would be a day of the next month.
    (day < 29 || new Date(days * DAY).getUTCDate() === day) &&
    hour < 24 &&
    minute < 60 &&
    // 00:00:00 - 23:59:60 (leap second)
    (second < 60 || (second === 60 && hour === 23 && minute === 59));
  return inRange ? days * DAY + (hour * 3600 + minute * 60 + second) * 1000 : null;
}

// asctime-date = day-name SP month SP ( 2DIGIT / ( SP 1DIGIT )) SP time-of-day SP year
function parseAsctime(text: string): number | null {
  const parts = /^(...) (...) (.)(.) (.{8}) (....)$/.exec(text);
  if (!parts) return null;
  const [, dayName, month, tens, ones, time, year] = parts;
  return parseImfFixdate(`${dayName}, ${tens === ' ' ? 0 : tens}${ones} ${month} ${year} ${time} GMT`);
}

// rfc850-date = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP GMT
function parseRfc850(text: string, now = Date.now()): number | null {
  const parts = /^(Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (..)-(...)-(..) (.{12})$/.exec(text);
  if (!parts) return null;
  const [, dayName, day, month, yearOfCentury, time] = parts;
  const limit = new Date(now);
  const century = Math.floor(limit.getUTCFullYear() / 100);
  limit.setUTCFullYear(limit.getUTCFullYear() + 50);
  const inCentury = (century: number) =>
    parseImfFixdate(`${dayName?.slice(0, 3)}, ${day} ${month} ${century}${yearOfCentury} ${time}`);
  const ms = inCentury(century);
  // RFC 9110 §5.6.7: what appears to be more than 50 years in the future is the most recent such year in the past
  return ms !== null && ms > limit.getTime() ? inCentury(century - 1) : ms;
}

// A client that revalidates sends the same date again and again.
let lastValue: string | null = null;
let lastTime: number | null = null;

/**
 * Reads an HTTP-date: IMF-fixdate, or the obsolete RFC 850 and asctime formats. Nothing else is a date: no ISO 8601, no
 * bare number, no other zone. Never throws.
 *
 * @param fieldValue - the field value
 * @param now - ms since the epoch, to place the two-digit year of an RFC 850 date; @default the current time
 * @returns ms since the epoch, or null when the value is not an HTTP-date
 * @see RFC 9110 §5.6.7
 */
export function parseHttpDate(fieldValue: string, now?: number): number | null {
  if (fieldValue === lastValue) return lastTime;
  const { length } = fieldValue;
  if (length < 24 || length > 33) return null;
  // What an RFC 850 date means depends on the time: it is not kept.
  if (length > 29) return parseRfc850(fieldValue, now);
  const time = length === 24 ? parseAsctime(fieldValue) : parseImfFixdate(fieldValue);
  lastValue = fieldValue;
  lastTime = time;
  return time;
}

// Responses of one second share their date, and those of one day its first half.
let lastSecond = 1e99;
let lastDay = 1e99;
let lastFormatted = '';

/** The first ms that an HTTP-date can name, and the first after the last one: the years 0 to 9999. */
const FIRST_TIME = -62_167_219_200_000;
const END_TIME = 253_402_300_800_000;

/**
 * Checks a time that the application gives.
 *
 * @param time - a Date, or ms since the epoch
 * @throws TypeError when it is neither, or not in the years 0 to 9999
 */
export function checkTime(time: unknown): void {
  const ms = (typeof time === 'number' ? time : (time as Partial<Date> | null)?.getTime?.()) as number;
  if (!(ms >= FIRST_TIME && ms < END_TIME)) throw mistake('a time', time, 'Give a Date, or ms since the epoch');
}

function pad(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

/**
 * Writes an HTTP-date in the one format that a sender may generate, IMF-fixdate. Parts of a second are cut off.
 *
 * @param time - ms since the epoch, or a Date
 * @returns a date such as `Sun, 06 Nov 1994 08:49:37 GMT`
 * @throws TypeError when `time` is not a valid time in the years 0 to 9999
 * @see RFC 9110 §5.6.7
 */
export function formatHttpDate(time: number | Date): string {
  checkTime(time);
  const second = Math.floor(Number(time) / 1000);
  if (second === lastSecond) return lastFormatted;
  const day = Math.floor(second / 86_400);
  const clock = second - day * 86_400;
  const formatted =
    day === lastDay
      ? `${lastFormatted.slice(0, 17)}${pad((clock / 3600) | 0)}:${pad(((clock / 60) | 0) % 60)}:${pad(clock % 60)} GMT`
      : new Date(second * 1000).toUTCString();
  lastDay = day;
  lastSecond = second;
  lastFormatted = formatted;
  return formatted;
}
