// Slow, and close to the letter of RFC 9110 §5.6.7.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = MONTHS.join('|');
const TIME = '(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})';

const FORMATS = [
  // IMF-fixdate = day-name "," SP date1 SP time-of-day SP GMT
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>[0-9]{2}) (?<month>${MONTH}) (?<year>[0-9]{4}) ${TIME} GMT`,
  // rfc850-date = day-name-l "," SP date2 SP time-of-day SP GMT
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>[0-9]{2})-(?<month>${MONTH})-(?<year>[0-9]{2}) ${TIME} GMT`,
  // asctime-date = day-name SP date3 SP time-of-day SP year
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>${MONTH}) (?<day>[0-9]{2}| [0-9]) ${TIME} (?<year>[0-9]{4})`,
].map((format) => new RegExp(`^${format}$`));

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysIn = (year: number, month: number) =>
  month === 1 ? (isLeap(year) ? 29 : 28) : [3, 5, 8, 10].includes(month) ? 30 : 31;

/** The days before 1 January of each year since 1 January of the year 0. */
const BEFORE_YEAR = [0];
for (let year = 0; year < 10_000; year++) BEFORE_YEAR.push((BEFORE_YEAR[year] as number) + (isLeap(year) ? 366 : 365));

/** Seconds since the epoch; null where the day or the time does not exist. */
function secondsAt(year: number, month: number, day: number, [hour, minute, second]: number[]): number | null {
  if (hour === undefined || minute === undefined || second === undefined) return null;
  if (day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59) return null;
  const isLeapSecond = hour === 23 && minute === 59 && second === 60;
  if (second > 59 && !isLeapSecond) return null;
  let days = (BEFORE_YEAR[year] as number) - (BEFORE_YEAR[1970] as number) + day - 1;
  for (let before = 0; before < month; before++) days += daysIn(year, before);
  return days * 86_400 + hour * 3600 + minute * 60 + second;
}

/**
 * Seconds since the epoch; null for what is not an HTTP-date.
 *
 * @param now - ms since the epoch
 */
export function readDate(fieldValue: string, now: number): number | null {
  for (const format of FORMATS) {
    const parts = format.exec(fieldValue)?.groups;
    if (!parts) continue;
    const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) => Number(parts[name]));
    const month = MONTHS.indexOf(parts.month ?? '');
    const at = (year: number) =>
      secondsAt(year, month, day as number, [hour as number, minute as number, second as number]);
    const year = Number(parts.year);
    if (parts.year?.length === 4) return at(year);
    // MUST interpret a timestamp that appears to be more than 50 years in the future as the most recent year in the past
    const limit = new Date(now);
    const inThisCentury = Math.floor(limit.getUTCFullYear() / 100) * 100 + year;
    limit.setUTCFullYear(limit.getUTCFullYear() + 50);
    const seconds = at(inThisCentury);
    return seconds !== null && seconds * 1000 > limit.getTime() ? at(inThisCentury - 100) : seconds;
  }
  return null;
}

/** IMF-fixdate of a time in seconds since the epoch, by the calendar of `Date`. */
export function writeDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString();
}
