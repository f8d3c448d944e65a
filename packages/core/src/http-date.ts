const SECOND = 1000;
const DAY = 86_400_000;
const SPACE = 0x20;
const COMMA = 0x2c;
const DASH = 0x2d;
const COLON = 0x3a;

const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const LONG_DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The number that two digits make; NaN where a character is no digit. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** The month, 0 to 11; -1 where no month name stands. Case-sensitive. */
function monthAt(text: string, at: number): number {
  for (let month = 0; month < 36; month += 3) {
    if (
      text.charCodeAt(at) === MONTHS.charCodeAt(month) &&
      text.charCodeAt(at + 1) === MONTHS.charCodeAt(month + 1) &&
      text.charCodeAt(at + 2) === MONTHS.charCodeAt(month + 2)
    ) {
      return month / 3;
    }
  }
  return -1;
}

/** The days from 1970-01-01 to a day of the proleptic Gregorian calendar. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  // Counted from 1 March, so that the leap day is the last day of its year.
  const y = month < 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The time that the parts name, in ms; NaN where one of them is out of range. */
function timeOf(year: number, month: number, day: number, text: string, clockAt: number): number {
  // time-of-day = hour ":" minute ":" second     ; 00:00:00 - 23:59:60 (leap second)
  const hour = twoDigits(text, clockAt);
  const minute = twoDigits(text, clockAt + 3);
  const second = twoDigits(text, clockAt + 6);
  const valid =
    month >= 0 &&
    day >= 1 &&
    day <= (DAYS_IN_MONTH[month] as number) &&
    (month !== 1 || day < 29 || isLeapYear(year)) &&
    hour <= 23 &&
    minute <= 59 &&
    (second <= 59 || (second === 60 && hour === 23 && minute === 59)) &&
    text.charCodeAt(clockAt + 2) === COLON &&
    text.charCodeAt(clockAt + 5) === COLON;
  if (!valid) return Number.NaN;
  return daysSinceEpoch(year, month, day) * DAY + (hour * 3600 + minute * 60 + second) * SECOND;
}

// IMF-fixdate = day-name "," SP day SP month SP year SP time-of-day SP GMT
function parseImfFixdate(text: string): number {
  const separated =
    text.charCodeAt(3) === COMMA &&
    text.charCodeAt(4) === SPACE &&
    text.charCodeAt(7) === SPACE &&
    text.charCodeAt(11) === SPACE &&
    text.charCodeAt(16) === SPACE;
  if (!separated || !text.endsWith(' GMT') || !DAY_NAMES.includes(text.slice(0, 3))) return Number.NaN;
  const year = twoDigits(text, 12) * 100 + twoDigits(text, 14);
  return timeOf(year, monthAt(text, 8), twoDigits(text, 5), text, 17);
}

// asctime-date = day-name SP month SP ( 2DIGIT / ( SP 1DIGIT )) SP time-of-day SP year
function parseAsctime(text: string): number {
  const separated =
    text.charCodeAt(3) === SPACE &&
    text.charCodeAt(7) === SPACE &&
    text.charCodeAt(10) === SPACE &&
    text.charCodeAt(19) === SPACE;
  if (!separated || !DAY_NAMES.includes(text.slice(0, 3))) return Number.NaN;
  const day = text.charCodeAt(8) === SPACE ? twoDigits(`0${text[9]}`, 0) : twoDigits(text, 8);
  const year = twoDigits(text, 20) * 100 + twoDigits(text, 22);
  return timeOf(year, monthAt(text, 4), day, text, 11);
}

// rfc850-date = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP GMT
function parseRfc850(text: string, now: number): number {
  const comma = text.indexOf(',');
  const separated =
    text.length === comma + 24 &&
    text.charCodeAt(comma + 1) === SPACE &&
    text.charCodeAt(comma + 4) === DASH &&
    text.charCodeAt(comma + 8) === DASH &&
    text.charCodeAt(comma + 11) === SPACE;
  if (!separated || !text.endsWith(' GMT') || !LONG_DAY_NAMES.includes(text.slice(0, comma))) return Number.NaN;
  const day = twoDigits(text, comma + 2);
  const month = monthAt(text, comma + 5);
  const limit = new Date(now);
  const century = Math.floor(limit.getUTCFullYear() / 100) * 100;
  limit.setUTCFullYear(limit.getUTCFullYear() + 50);
  const time = timeOf(century + twoDigits(text, comma + 9), month, day, text, comma + 12);
  // RFC 9110 §5.6.7: what appears to be more than 50 years in the future is the most recent such year in the past.
  return time > limit.getTime() ? timeOf(century - 100 + twoDigits(text, comma + 9), month, day, text, comma + 12) : time;
}

// A client that revalidates sends the same date again and again.
let lastValue: string | null = null;
let lastTime = 0;

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
  if (length > 29) {
    const time = parseRfc850(fieldValue, now ?? Date.now());
    return Number.isNaN(time) ? null : time;
  }
  const time = length === 29 ? parseImfFixdate(fieldValue) : length === 24 ? parseAsctime(fieldValue) : Number.NaN;
  if (Number.isNaN(time)) return null;
  lastValue = fieldValue;
  lastTime = time;
  return time;
}

let lastSecond = Number.NaN;
let lastFormatted = '';
let lastDay = Number.NaN;
let lastDayFormatted = '';

const MIN_SECOND = daysSinceEpoch(0, 0, 1) * 86_400;
const MAX_SECOND = daysSinceEpoch(10_000, 0, 1) * 86_400;

function pad(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

/**
 * Writes an HTTP-date in the one format that a sender may generate, IMF-fixdate. Parts of a second are cut off.
 *
 * @param time - ms since the epoch, or a Date
 * @throws TypeError when `time` is not a valid time in the years 0 to 9999
 * @see RFC 9110 §5.6.7
 */
export function formatHttpDate(time: number | Date): string {
  const second = Math.floor(Number(time) / SECOND);
  if (second === lastSecond) return lastFormatted;
  if (!(second >= MIN_SECOND && second < MAX_SECOND)) {
    throw new TypeError(`formatHttpDate: ${String(time)} is not a time between the years 0 and 9999, in ms since the epoch`);
  }
  const day = Math.floor(second / 86_400);
  const clock = second - day * 86_400;
  if (day !== lastDay) {
    lastDayFormatted = new Date(day * DAY).toUTCString().slice(0, 17);
    lastDay = day;
  }
  const hour = Math.floor(clock / 3600);
  const minute = Math.floor(clock / 60) % 60;
  lastFormatted = `${lastDayFormatted}${pad(hour)}:${pad(minute)}:${pad(clock % 60)} GMT`;
  lastSecond = second;
  return lastFormatted;
}
