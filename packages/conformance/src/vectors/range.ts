import type { FieldLine } from '@etag/wire';
import type { RangeVector, VectorState } from '../vector.ts';
import { EARLIER, LATER, MODIFIED } from './dates.ts';

type Part = [start: number, end: number];

/** The representation of the examples of §14.1.2. */
const LENGTH = 10_000;
const STATE: VectorState = { etag: '"v1"', lastModified: MODIFIED };
const FULL: RangeVector['expect'] = { kind: 'full', status: 200 };
const UNSATISFIABLE: RangeVector['expect'] = { kind: 'unsatisfiable', status: 416 };

function partial(...parts: Part[]): RangeVector['expect'] {
  return { kind: 'partial', ranges: parts.map(([start, end]) => ({ start, end })), status: 206 };
}

function range(
  section: string,
  id: string,
  what: string,
  value: string | string[],
  expect: RangeVector['expect'],
  length = LENGTH,
): RangeVector {
  const headers = [value].flat().map((line): FieldLine => ['Range', line]);
  return {
    id: `range-${id}`,
    section,
    title: `§${section} ${what}`,
    method: 'GET',
    state: STATE,
    length,
    headers,
    expect,
  };
}

const satisfiable: RangeVector[] = [
  range('14.1.2', 'first-500', 'the first 500 bytes', 'bytes=0-499', partial([0, 499])),
  range('14.1.2', 'second-500', 'the second 500 bytes', 'bytes=500-999', partial([500, 999])),
  range('14.1.2', 'suffix', 'the final 500 bytes', 'bytes=-500', partial([9500, 9999])),
  range('14.1.2', 'open', 'from a byte to the end', 'bytes=9500-', partial([9500, 9999])),
  range('14.1.2', 'first-and-last', 'the first and last bytes only', 'bytes=0-0,-1', partial([0, 0], [9999, 9999])),
  range(
    '14.1.2',
    'first-middle-last',
    'the first, middle and last 1000 bytes',
    'bytes= 0-999, 4500-5499, -1000',
    partial([0, 999], [4500, 5499], [9000, 9999]),
  ),
  range('14.1.2', 'adjacent', 'two ranges side by side', 'bytes=500-600,601-999', partial([500, 600], [601, 999])),
  range('14.1.2', 'overlapping', 'two ranges that overlap', 'bytes=500-700,601-999', partial([500, 700], [601, 999])),
  range('14.1.2', 'one-byte', 'the first byte', 'bytes=0-0', partial([0, 0])),
  range('14.1.2', 'last-byte', 'the last byte', 'bytes=9999-9999', partial([9999, 9999])),
  range('14.1.2', 'last-byte-open', 'the last byte to the end', 'bytes=9999-', partial([9999, 9999])),
  range('14.1.2', 'all', 'all bytes are a part as well', 'bytes=0-9999', partial([0, 9999])),
  range('14.1.2', 'all-open', 'from the first byte to the end', 'bytes=0-', partial([0, 9999])),
  range(
    '14.1.2',
    'last-pos-beyond',
    'a last position beyond the end is cut',
    'bytes=9990-10050',
    partial([9990, 9999]),
  ),
  range('14.1.2', 'last-pos-length', 'a last position one beyond the end', 'bytes=0-10000', partial([0, 9999])),
  range('14.1.2', 'suffix-length', 'a suffix as long as the whole', 'bytes=-10000', partial([0, 9999])),
  range('14.1.2', 'suffix-beyond', 'a suffix longer than the whole', 'bytes=-10001', partial([0, 9999])),
  range(
    '14.1.2',
    'huge-last-pos',
    'a numeral beyond 64 bits as the last position',
    'bytes=1-99999999999999999999999999',
    partial([1, 9999]),
  ),
  range(
    '14.1.2',
    'huge-suffix',
    'a numeral beyond 64 bits as the suffix',
    `bytes=-${'9'.repeat(40)}`,
    partial([0, 9999]),
  ),
  range(
    '14.1.2',
    'huge-last-pos-400-digits',
    'a numeral beyond what a double holds',
    `bytes=0-${'9'.repeat(400)}`,
    partial([0, 9999]),
  ),
  range('14.1.2', 'wraps-32-bits', 'a last position that 32 bits would wrap', 'bytes=1-4294967296', partial([1, 9999])),
  range('14.1.1', 'leading-zeros', 'leading zeros', 'bytes=000-001', partial([0, 1])),
  range(
    '14.1.1',
    'descending',
    'the parts in the order asked for',
    'bytes=9000-9001,0-1',
    partial([9000, 9001], [0, 1]),
  ),
  range('14.1.1', 'one-satisfiable', 'only the satisfiable part', 'bytes=20000-20001,0-1', partial([0, 1])),
  range(
    '14.1.2',
    'huge-first-pos-400-digits',
    'a first position beyond what a double holds is not satisfiable; the part beside it counts',
    `bytes=0-1,${'9'.repeat(400)}-`,
    partial([0, 1]),
  ),
  range('14.1.1', 'one-suffix-satisfiable', 'an empty suffix beside a part', 'bytes=-0,5-6', partial([5, 6])),
  range('14.1.1', 'tabs', 'tabs around a comma', 'bytes=0-1\t,\t3-4', partial([0, 1], [3, 4])),
  range('14.1.1', 'empty-elements', 'empty elements are ignored', 'bytes=,0-1,, ,3-4,', partial([0, 1], [3, 4])),
  range('14.1', 'unit-capital', 'range units are case-insensitive', 'Bytes=0-1', partial([0, 1])),
  range('14.1', 'unit-upper-case', 'a range unit in upper case', 'BYTES=0-1', partial([0, 1])),
  range('14.1.2', 'length-1', 'the one byte there is', 'bytes=0-0', partial([0, 0]), 1),
  range('14.1.2', 'length-1-suffix', 'the last of one byte', 'bytes=-5', partial([0, 0]), 1),
];

const unsatisfiable: RangeVector[] = [
  range('14.1.2', 'first-pos-length', 'a first position at the length', 'bytes=10000-', UNSATISFIABLE),
  range('14.1.2', 'first-pos-beyond', 'a first position beyond the end', 'bytes=20000-20001', UNSATISFIABLE),
  range('14.1.2', 'suffix-zero', 'a suffix of no bytes', 'bytes=-0', UNSATISFIABLE),
  range('14.1.2', 'suffix-zeros', 'a suffix of no bytes with zeros', 'bytes=-000', UNSATISFIABLE),
  range('14.1.2', 'huge-first-pos', 'a huge first position', 'bytes=99999999999999999999999999-', UNSATISFIABLE),
  range('14.1.2', 'first-pos-wraps', 'a first position that 32 bits would wrap', 'bytes=4294967296-', UNSATISFIABLE),
  range('14.1.1', 'none-satisfiable', 'no part is satisfiable', 'bytes=10000-10001,20000-,-0', UNSATISFIABLE),
  range('14.1.2', 'length-1-second', 'a second byte where there is one', 'bytes=1-1', UNSATISFIABLE, 1),
];

const MALFORMED: [slug: string, what: string, value: string][] = [
  ['inverted', 'a last position before the first', 'bytes=500-499'],
  ['inverted-beside-valid', 'one invalid part spoils the set', 'bytes=0-1,5-4'],
  ['garbage-beside-valid', 'garbage beside a part', 'bytes=0-1,x'],
  ['no-set', 'no set', 'bytes='],
  ['no-equals', 'no equals sign', 'bytes'],
  ['commas', 'a set of empty elements', 'bytes=,,'],
  ['dash', 'a dash alone', 'bytes=-'],
  ['letters', 'letters for numbers', 'bytes=a-b'],
  ['space-for-equals', 'a space for the equals sign', 'bytes 0-1'],
  ['colon-for-equals', 'a colon for the equals sign', 'bytes:0-1'],
  ['no-unit', 'no unit', '0-1'],
  ['empty-unit', 'an empty unit', '=0-1'],
  ['no-dash', 'a number alone', 'bytes=0'],
  ['two-dashes', 'two dashes', 'bytes=0--1'],
  ['three-numbers', 'three numbers', 'bytes=0-1-2'],
  ['sign', 'a sign', 'bytes=+0-1'],
  ['hexadecimal', 'hexadecimal', 'bytes=0x0-0x1'],
  ['decimal-point', 'a decimal point', 'bytes=0.0-1.0'],
  ['exponent', 'an exponent', 'bytes=0-1e1'],
  ['space-before-equals', 'a space before the equals sign', 'bytes =0-1'],
  ['space-around-dash', 'spaces around the dash', 'bytes=0 - 1'],
  ['space-in-number', 'a space in a number', 'bytes=0-1 0'],
  ['semicolon', 'a semicolon', 'bytes=0-1;3-4'],
  ['two-equals', 'two equals signs', 'bytes==0-1'],
  ['quoted', 'quotes', 'bytes="0-1"'],
  ['empty', 'an empty value', ''],
];

const ignored: RangeVector[] = [
  ...MALFORMED.map(([slug, what, value]) => range('14.2', `malformed-${slug}`, `ignored: ${what}`, value, FULL)),
  range('14.2', 'repeated-lines', 'ignored: two lines are not a specifier', ['bytes=0-1', 'bytes=3-4'], FULL),
  range('14.2', 'unit-none', 'ignored: the unit none', 'none=0-1', FULL),
  range('14.2', 'unit-byte', 'ignored: a unit that resembles', 'byte=0-1', FULL),
  range('14.2', 'unit-prefix', 'ignored: a unit that begins alike', 'bytesx=0-1', FULL),
  range('14.2', 'unit-suffix', 'ignored: a unit that ends alike', 'xbytes=0-1', FULL),
  range('14.2', 'unit-pages', 'ignored: a unit with other ranges', 'pages=ii-iv', FULL),
  range('14.2', 'empty-representation', 'ignored: there is no content', 'bytes=0-', FULL, 0),
  range('14.2', 'empty-representation-suffix', 'ignored: there is no content to end with', 'bytes=-1', FULL, 0),
  range('17.15', 'overlapping-thrice', 'ignored: the whole three times', 'bytes=0-,0-,0-', FULL),
  range('17.15', 'overlapping-many', 'ignored: many that overlap', `bytes=${'0-9998,'.repeat(12)}0-1`, FULL),
  range(
    '17.15',
    'many-small',
    'ignored: 200 small parts',
    `bytes=${Array.from({ length: 200 }, (_, i) => `${i * 50}-${i * 50}`).join(',')}`,
    FULL,
  ),
];

/** GET is the only method for which range handling is defined. */
const methods: RangeVector[] = ['HEAD', 'QUERY', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({
  ...range('14.2', `ignored-${method.toLowerCase()}`, `${method} ignores Range`, 'bytes=0-1', FULL),
  method,
}));

function afterPreconditions(
  id: string,
  what: string,
  line: FieldLine,
  value = 'bytes=0-1',
  expect = partial([0, 1]),
): RangeVector {
  const vector = range('14.2', `after-${id}`, what, value, expect);
  return { ...vector, headers: [line, ...vector.headers] };
}

/** RFC 9110 §14: which parts a Range asks for. */
export const rangeVectors: RangeVector[] = [
  ...satisfiable,
  ...unsatisfiable,
  ...ignored,
  ...methods,
  {
    ...range('14.2', 'head-unsatisfiable', 'HEAD ignores an unsatisfiable Range', 'bytes=20000-', FULL),
    method: 'HEAD',
  },
  { ...range('14.2', 'no-validator', 'a Range needs no validator', 'bytes=0-1', partial([0, 1])), state: {} },
  { ...range('14.2', 'no-range', 'no Range, no parts', [], FULL) },
  {
    ...range('14.2', 'name-lower-case', 'field names are case-insensitive', 'bytes=0-1', partial([0, 1])),
    headers: [['range', 'bytes=0-1']],
  },
  afterPreconditions('if-match', 'a Range after If-Match that holds', ['If-Match', '"v1"']),
  afterPreconditions('if-match-any', 'a Range after If-Match: *', ['If-Match', '*']),
  afterPreconditions('if-none-match', 'a Range after If-None-Match that holds', ['If-None-Match', '"v0"']),
  afterPreconditions('if-none-match-malformed', 'a Range after a malformed If-None-Match', ['If-None-Match', 'v1']),
  afterPreconditions('if-modified-since', 'a Range after If-Modified-Since that holds', ['If-Modified-Since', EARLIER]),
  afterPreconditions('if-modified-since-invalid', 'a Range after an ignored date', ['If-Modified-Since', '3000']),
  afterPreconditions('if-unmodified-since', 'a Range after If-Unmodified-Since that holds', [
    'If-Unmodified-Since',
    LATER,
  ]),
  afterPreconditions(
    'if-match-unsatisfiable',
    'an unsatisfiable Range after If-Match that holds',
    ['If-Match', '"v1"'],
    'bytes=20000-',
    UNSATISFIABLE,
  ),
];
