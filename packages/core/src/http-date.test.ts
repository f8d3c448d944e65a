import { beforeEach, describe, expect, it } from 'vitest';
import { checkTime } from './http-date.ts';
import { formatHttpDate, parseHttpDate } from './index.ts';

/** Numbers in [0, 1), the same on every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FIRST = Date.parse('0000-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** Times in ms, spread over the years 0 to 9999. */
function times(count: number, seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => FIRST + Math.floor(random() * (LAST - FIRST + 1)));
}

const secondOf = (time: number) => Math.floor(time / 1000) * 1000;

/** The three formats of §5.6.7, cut out of what the runtime writes. */
function formats(time: number): { imf: string; rfc850: string; asctime: string } {
  const imf = new Date(time).toUTCString();
  const [, day, month, year, clock] = imf.split(' ') as [string, string, string, string, string];
  const longName = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' }).format(time);
  return {
    imf,
    rfc850: `${longName}, ${day}-${month}-${year.slice(2)} ${clock} GMT`,
    asctime: `${imf.slice(0, 3)} ${month} ${day.replace(/^0/, ' ')} ${clock} ${year}`,
  };
}

describe('§5.6.7 formatHttpDate', () => {
  it('writes what Date.prototype.toUTCString writes, to the ends of the years 0 and 9999', () => {
    for (const time of [FIRST, LAST, 0, -1, ...times(2000, 1)]) {
      expect(formatHttpDate(time)).toBe(new Date(time).toUTCString());
    }
  });

  it('remembers no other time: days, seconds, Dates and numbers in any order', () => {
    const random = seeded(2);
    const day = Date.UTC(2026, 6, 26);
    for (let i = 0; i < 5000; i++) {
      const time =
        day +
        Math.floor(random() * 3) * 86_400_000 +
        Math.floor(random() * 86_400) * 1000 +
        Math.floor(random() * 1000);
      expect(formatHttpDate(random() < 0.5 ? time : new Date(time))).toBe(new Date(time).toUTCString());
    }
  });

  it('writes every second of a day', () => {
    const day = Date.UTC(2024, 1, 29);
    const wrong: number[] = [];
    for (let time = day; time < day + 86_400_000; time += 1000) {
      if (formatHttpDate(time) !== new Date(time).toUTCString()) wrong.push(time);
    }
    expect(wrong).toEqual([]);
  });

  it('cuts parts of a second off, before 1970 too', () => {
    expect(formatHttpDate(Date.UTC(2026, 6, 26, 12, 0, 0, 999))).toBe('Sun, 26 Jul 2026 12:00:00 GMT');
    expect(formatHttpDate(Date.UTC(2026, 6, 26, 12, 0, 0, 1))).toBe('Sun, 26 Jul 2026 12:00:00 GMT');
    expect(formatHttpDate(-1)).toBe('Wed, 31 Dec 1969 23:59:59 GMT');
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [new Date(Number.NaN), 'Invalid Date'],
    [FIRST - 1, String(FIRST - 1)],
    [LAST + 1, String(LAST + 1)],
    [8.64e15 + 1000, '8640000000001000'],
  ])('names the value that is not a time of the years 0 to 9999: %s', (time, named) => {
    const before = formatHttpDate(0);
    expect(() => formatHttpDate(time)).toThrow(TypeError);
    expect(() => formatHttpDate(time)).toThrow(named);
    expect(formatHttpDate(0)).toBe(before);
  });
});

describe('checkTime', () => {
  it.each([0, -1, 0.5, FIRST, LAST, new Date(0), new Date(FIRST), new Date(LAST)])('takes %s', (time) => {
    expect(() => checkTime(time)).not.toThrow();
  });

  it.each<[what: string, value: unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['infinity', Number.NEGATIVE_INFINITY],
    ['an Invalid Date', new Date(Number.NaN)],
    ['a number as text', '0'],
    ['a date as text', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['a bigint', 0n],
    ['true', true],
    ['an object', {}],
    ['a list', [0]],
    ['a function', () => 0],
    ['the ms before the year 0', FIRST - 1],
    ['the ms after the year 9999', LAST + 1],
    ['a Date after the year 9999', new Date(LAST + 1)],
  ])('refuses %s, and so does formatHttpDate, even right after the time that it looks like', (_, value) => {
    expect(() => checkTime(value)).toThrow(
      new TypeError(`Not a time: ${String(value)} (${typeof value}). Give a Date, or ms since the epoch`),
    );
    formatHttpDate(0);
    expect(() => formatHttpDate(value as number)).toThrow(TypeError);
  });
});

describe('§5.6.7 parseHttpDate', () => {
  it('reads what formatHttpDate writes, to the second', () => {
    for (const time of [FIRST, LAST, ...times(2000, 3)]) {
      expect(parseHttpDate(formatHttpDate(time))).toBe(secondOf(time));
    }
  });

  it('reads the obsolete formats as the same time', () => {
    const random = seeded(4);
    const now = Date.UTC(2026, 6, 26);
    for (let i = 0; i < 1000; i++) {
      const time = Date.UTC(1980, 0, 1) + Math.floor(random() * (Date.UTC(2070, 0, 1) - Date.UTC(1980, 0, 1)));
      const { imf, rfc850, asctime } = formats(time);
      const read = [imf, rfc850, asctime].map((value) => parseHttpDate(value, now));
      expect(read, imf).toEqual([secondOf(time), secondOf(time), secondOf(time)]);
    }
  });

  it('reads asctime dates of all years', () => {
    for (const time of times(500, 5)) expect(parseHttpDate(formats(time).asctime)).toBe(secondOf(time));
  });

  const years = ['0000', '0004', '0100', '1582', '1900', '1970', '2000', '2023', '2024', '2100', '2400', '9999'];

  it.each(years)('the months of %s end on their last day', (year) => {
    for (let month = 0; month < 12; month++) {
      const start = new Date(`${year}-01-01T00:00:00Z`);
      start.setUTCMonth(month);
      const name = start.toUTCString().slice(8, 11);
      const end = new Date(start);
      end.setUTCMonth(month + 1, 0);
      const dates = Array.from(
        { length: 33 },
        (_, day) => `Mon, ${String(day).padStart(2, '0')} ${name} ${year} 00:00:00 GMT`,
      );
      const read = dates.map((date) => parseHttpDate(date));
      const expected = dates.map((_, day) =>
        day >= 1 && day <= end.getUTCDate() ? start.getTime() + (day - 1) * 86_400_000 : null,
      );
      expect(read, `${name} ${year}`).toEqual(expected);
    }
  });

  it('takes no value in which a character of a date is another one', () => {
    const { imf, rfc850, asctime } = formats(Date.UTC(1994, 10, 6, 8, 49, 37));
    const wrong: string[] = [];
    for (const date of [imf, rfc850, asctime]) {
      for (let at = 0; at < date.length; at++) {
        for (const other of ['', ' ', '\t', '-', ':', 'x', '\0', '\u0147', '\ud800', '/', ';', `${date[at]}0`]) {
          const value = date.slice(0, at) + other + date.slice(at + 1);
          if (value !== date && parseHttpDate(value) !== null) wrong.push(value);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('takes a leap second at the end of a day only', () => {
    const at = (clock: string) => parseHttpDate(`Sat, 31 Dec 2016 ${clock} GMT`);
    expect(at('23:59:60')).toBe(Date.UTC(2017, 0, 1));
    for (const clock of ['22:59:60', '23:58:60', '00:00:60', '12:59:60', '23:59:61'])
      expect(at(clock), clock).toBeNull();
  });

  it.each(['24:00:00', '08:60:00', '08:99:00', '08:49:61', '08:49:99', '99:99:99'])(
    'takes no time that a day does not have: %s',
    (clock) => {
      expect(parseHttpDate(`Sun, 06 Nov 1994 ${clock} GMT`)).toBeNull();
      expect(parseHttpDate(`Sunday, 06-Nov-94 ${clock} GMT`)).toBeNull();
      expect(parseHttpDate(`Sun Nov  6 ${clock} 1994`)).toBeNull();
    },
  );

  it('takes nothing before, after or between the parts of a date', () => {
    const { imf, rfc850, asctime } = formats(Date.UTC(1994, 10, 6, 8, 49, 37));
    const wrong: string[] = [];
    for (const date of [imf, rfc850, asctime]) {
      for (let at = 0; at <= date.length; at++) {
        for (const more of [' ', 'x', '0', '\n', '   ', 'Mon', '000000']) {
          const value = date.slice(0, at) + more + date.slice(at);
          if (parseHttpDate(value) !== null) wrong.push(value);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('takes no letters for a month that only stand next to each other in the names of months', () => {
    const read = ['anF', 'ebM', 'arA', 'nFe', 'vDe', 'cJa'].map((month) =>
      parseHttpDate(`Sun, 06 ${month} 1994 08:49:37 GMT`),
    );
    expect(read).toEqual([null, null, null, null, null, null]);
  });

  it('takes a day of one digit only after two spaces in an asctime date', () => {
    expect(parseHttpDate('Sun Nov 1  08:49:37 1994')).toBeNull();
  });

  it.each(['Sun, 06 Nov 1994 08:49:37 GM\u4d54', 'Sun, 06 No\u6f76 1994 08:49:37 GMT'])(
    'tells letters apart beyond U+00FF: %j',
    (value) => {
      expect(parseHttpDate(value)).toBeNull();
    },
  );
});

describe('§5.6.7 the year of an RFC 850 date depends on the time it is read', () => {
  const date = 'Wednesday, 26-Jul-75 12:00:00 GMT';
  const in1975 = Date.UTC(1975, 6, 26, 12);
  const in2075 = Date.UTC(2075, 6, 26, 12);

  beforeEach(() => {
    parseHttpDate('Thu, 01 Jan 1970 00:00:00 GMT');
  });

  it('is not remembered for another time', () => {
    expect(parseHttpDate(date, Date.UTC(2020, 0))).toBe(in1975);
    expect(parseHttpDate(date, Date.UTC(2026, 0))).toBe(in2075);
    expect(parseHttpDate(date, Date.UTC(2020, 0))).toBe(in1975);
  });

  it('turns at 50 years, to the second', () => {
    expect(parseHttpDate(date, Date.UTC(2025, 6, 26, 12))).toBe(in2075);
    expect(parseHttpDate(date, Date.UTC(2025, 6, 26, 12) - 1000)).toBe(in1975);
  });

  it('leaves what was remembered before in place', () => {
    const imf = 'Sun, 06 Nov 1994 08:49:37 GMT';
    const time = Date.UTC(1994, 10, 6, 8, 49, 37);
    expect([parseHttpDate(imf), parseHttpDate(date), parseHttpDate('3000'), parseHttpDate(imf)]).toEqual([
      time,
      expect.any(Number),
      null,
      time,
    ]);
  });

  it('keeps a refusal apart from the date before it', () => {
    const value = 'Sun, 06 Nov 1994 08:49:37 GMT';
    expect(parseHttpDate(value)).not.toBeNull();
    expect(parseHttpDate('Sun, 06 Nov 1994 24:49:37 GMT')).toBeNull();
    expect(parseHttpDate('Sun, 06 Nov 1994 24:49:37 GMT')).toBeNull();
    expect(parseHttpDate(value)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
  });
});
