import fc from 'fast-check';
import { SUFFIXES } from '../reference/entity-tags.ts';
import { writeDate } from '../reference/http-date.ts';
import type { PlainRequest, PlainState } from '../reference/preconditions.ts';

/** What a header section can carry: no CR, LF or NUL, and nothing beyond a byte. */
const BYTES = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
  (char) => !'\0\r\n'.includes(char),
);
const byte = fc.constantFrom(...BYTES);
/** Characters that the grammars are made of: most mistakes are made of these. */
const telling = fc.constantFrom(...'"W/w,*- \tv7%=:;', '-gzip', '-br', '\xff', '\x7f', 'GMT', 'bytes=');
const noise = fc.string({ unit: fc.oneof({ weight: 3, arbitrary: telling }, byte), maxLength: 12 });

const OPAQUES = [
  ...SUFFIXES.map((suffix) => `v7${suffix}`),
  'v7-xz',
  'v8',
  'v',
  'v7-gzip-gzip',
  '',
  'a,b',
  '\xff',
  'V7',
];
const TAGS = OPAQUES.flatMap((opaque) => [`"${opaque}"`, `W/"${opaque}"`]);
const tag = fc.constantFrom(...TAGS);
const noTag = fc.oneof(
  fc.constantFrom('v7', 'w/"v7"', '"v7', 'v7"', '"v 7"', 'W/v7', 'W/ "v7"', '"v7"x', '*', '"\x7f"'),
  noise,
);
const separator = fc.constantFrom(',', ', ', ' ,\t', ',,', ', ,', ' ', '\t');

/** The value of If-Match or If-None-Match, right or wrong. */
export const tagList = fc.oneof(
  { weight: 6, arbitrary: tag },
  { weight: 2, arbitrary: fc.constantFrom('*', ' * ', '*,', '', ',', '"v7", *') },
  { weight: 2, arbitrary: noTag },
  {
    weight: 6,
    arbitrary: fc
      .array(fc.tuple(fc.oneof({ weight: 12, arbitrary: tag }, noTag), separator), { minLength: 1, maxLength: 5 })
      .map((elements) => elements.flat().slice(0, -1).join('')),
  },
);

/** 2026-01-02 03:04:05, beside which all other times are. */
export const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5);
/** A day later, when the dates are read that depend on the time. */
export const NOW = MODIFIED + 86_400_000;
const near = fc.integer({ min: -2, max: 2 }).map((seconds) => MODIFIED / 1000 + seconds);
const anywhere = fc.integer({
  min: Date.parse('0000-01-01T00:00:00Z') / 1000,
  max: Date.parse('9999-12-31T23:59:59Z') / 1000,
});
const inThisCentury = fc.integer({ min: Date.UTC(1930, 0, 1) / 1000, max: Date.UTC(2120, 0, 1) / 1000 });

/** Seconds since the epoch. */
export const seconds = fc.oneof({ weight: 4, arbitrary: near }, inThisCentury, anywhere);

const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** A time in the three formats of §5.6.7. */
export function formatsOf(time: number): [imf: string, rfc850: string, asctime: string] {
  const imf = writeDate(time);
  const [dayName = '', day = '', month = '', year = '', clock = ''] = imf.split(/,? /);
  const longDay = LONG_DAYS.find((name) => name.startsWith(dayName)) ?? '';
  return [
    imf,
    `${longDay}, ${day}-${month}-${year.slice(-2)} ${clock} GMT`,
    `${dayName} ${month} ${day.replace(/^0/, ' ')} ${clock} ${year}`,
  ];
}

/** RFC 9110 §5.6.7: 50 years from then, a year of two digits is one of the past. */
const inFiftyYears = fc
  .integer({ min: -2, max: 2 })
  .map(
    (offset) => formatsOf(new Date(NOW + offset * 1000).setUTCFullYear(new Date(NOW).getUTCFullYear() + 50) / 1000)[1],
  );

const written = fc.tuple(seconds, fc.constantFrom(0, 1, 2)).map(([time, format]) => formatsOf(time)[format] as string);
const CLOCKS = [
  '00:00:00',
  '23:59:59',
  '23:59:60',
  '22:59:60',
  '23:58:60',
  '24:00:00',
  '12:60:00',
  '12:00:61',
  '00:00:60',
];
const LETTERS = ['Jan', 'Feb', 'anF', 'ebM', 'JAN', 'Sep', 'Nov', 'Dec', 'vDe', 'Jun', 'nJu', 'Mai'];

/** A field that compares dates, right or nearly so. */
export const date = fc.oneof(
  { weight: 6, arbitrary: written },
  inFiftyYears,
  // One character is another one.
  fc
    .tuple(written, fc.nat(40), fc.oneof(telling, fc.constantFrom(...'0123456789 ')))
    .map(([text, at, char]) => text.slice(0, at % text.length) + char + text.slice((at % text.length) + 1)),
  fc.tuple(written, fc.constantFrom(...CLOCKS)).map(([text, clock]) => text.replace(/\d\d:\d\d:\d\d/, clock)),
  fc
    .tuple(written, fc.constantFrom(...LETTERS))
    .map(([text, month]) => text.replace(/(?<=[ -])[A-Z][a-z]{2}(?=[ -])/, month)),
  fc
    .tuple(written, fc.integer({ min: 0, max: 33 }))
    .map(([text, day]) => text.replace(/(?<= )[\d ]\d(?=[ -])/, `${day}`.padStart(2, '0'))),
  fc.constantFrom('', '0', 'yesterday', '2026-01-02T03:04:05Z', 'Fri, 02 Jan 2026 03:04:05', '1767322845'),
  noise,
);

const fields = fc.record(
  {
    'if-match': tagList,
    'if-none-match': tagList,
    'if-modified-since': date,
    'if-unmodified-since': date,
  },
  { requiredKeys: [] },
);
const METHODS = [
  'GET',
  'GET',
  'HEAD',
  'QUERY',
  'PUT',
  'PUT',
  'PATCH',
  'DELETE',
  'POST',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'get',
  'PURGE',
];

/** Requests as they can come over the wire: values have no white space around them. */
function requestsBy(methods: readonly string[]): fc.Arbitrary<PlainRequest> {
  return fc.tuple(fc.constantFrom(...methods), fields).map(([method, sent]) => ({
    method,
    fields: Object.fromEntries(
      Object.entries(sent).map(([name, value]) => [name, value.replace(/^[ \t]+|[ \t]+$/g, '')]),
    ),
  }));
}

export const request = requestsBy(METHODS);

/** A request that is not a read. */
export const write = requestsBy(METHODS.filter((method) => !['GET', 'HEAD', 'QUERY'].includes(method)));

const lastModified = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -2000, max: 2000 }).map((ms) => MODIFIED + ms),
  seconds.map((time) => time * 1000),
);

/** The validators of a representation, or that there is none. */
export const state: fc.Arbitrary<PlainState> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 8,
    arbitrary: fc.record({ etag: fc.oneof({ weight: 8, arbitrary: tag }, fc.constant(null)), lastModified }),
  },
);

export const status = fc.constantFrom(200, 200, 200, 200, 201, 204, 206, 299, 300, 304, 199, 404, 412, 500);

const position = fc.oneof(fc.nat(12), fc.nat(2000), fc.constantFrom(999, 1000, 1001, 10 ** 15)).map(String);
const spec = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(position, position).map(([a, b]) => (Number(a) < Number(b) ? `${a}-${b}` : `${b}-${a}`)),
  },
  position.map((first) => `${first}-`),
  position.map((last) => `-${last}`),
  fc.tuple(position, position).map((pair) => pair.join('-')),
  fc.constantFrom('', ' ', '\xa0', '\t0-0 ', '-', '0-0x', '\xa00-0', '\xa0', '00-01', `${'9'.repeat(400)}-`),
  noise,
);

/** The value of a Range field, right or wrong. */
export const range = fc
  .tuple(
    fc.constantFrom('bytes=', 'bytes=', 'bytes=', 'Bytes=', 'bytes', 'bytes =', 'lines='),
    fc.oneof(fc.array(spec, { minLength: 1, maxLength: 4 }), fc.array(spec, { minLength: 14, maxLength: 18 })),
    fc.constantFrom(',', ', ', ' ,'),
  )
  .map(([unit, specs, comma]) => (unit + specs.join(comma)).trim());

/** The value of If-Range. */
export const ifRange = fc.oneof(tag, noTag, date);

/** Any version that a row may have. */
export const version = fc.oneof(
  fc.nat(20).map(String),
  fc.constantFrom(
    '7',
    '7-gzip',
    '7--gzip',
    '7-',
    '7%2Dgzip',
    '7:en',
    '7%3Aen',
    '-br',
    '-',
    '%',
    'a b',
    'é',
    '"',
    '7-dcb',
  ),
  fc.string({ unit: fc.oneof(telling, byte), minLength: 1, maxLength: 8 }).filter((text) => text !== ''),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
);

/** What any peer may send. */
export const bytes = fc.oneof(
  noise,
  noise.map((text) => `"v${text}"`),
  tagList,
  date,
  range,
  fc.string({ unit: byte, maxLength: 60 }),
);
