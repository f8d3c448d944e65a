import type { FieldLine } from '@etag/wire';
import type { RangeVector, VectorState } from '../vector.ts';
import { asctime, EARLIER, LATER, MODIFIED, rfc850 } from './dates.ts';

const LENGTH = 100;
const V1: VectorState = { etag: '"v1"' };
const DATED: VectorState = { lastModified: MODIFIED };
const FULL: RangeVector['expect'] = { kind: 'full', status: 200 };
const PART: RangeVector['expect'] = { kind: 'partial', ranges: [{ start: 10, end: 19 }], status: 206 };

/** A Range under an If-Range. */
function resumed(
  id: string,
  what: string,
  value: string | string[],
  state: VectorState,
  expect: RangeVector['expect'],
  range = 'bytes=10-19',
): RangeVector {
  const conditions = [value].flat().map((line): FieldLine => ['If-Range', line]);
  return {
    id: `if-range-${id}`,
    section: '13.1.5',
    title: `§13.1.5 ${what}`,
    method: 'GET',
    state,
    length: LENGTH,
    headers: [['Range', range], ...conditions],
    expect,
  };
}

const MALFORMED: [slug: string, what: string, value: string][] = [
  ['unquoted', 'a tag without quotes', 'v1'],
  ['unterminated', 'a quote that is not closed', '"v1'],
  ['garbage-around', 'garbage around the tag', 'foo"v1"bar'],
  ['garbage-after', 'garbage behind the tag', '"v1"x'],
  ['lower-case-weak', 'a weakness mark in lower case', 'w/"v1"'],
  ['asterisk', 'an asterisk', '*'],
  ['list', 'a list of tags', '"v0", "v1"'],
  ['list-first', 'a list that begins with the tag', '"v1", "v0"'],
  ['trailing-comma', 'a comma behind the tag', '"v1",'],
  ['empty', 'an empty value', ''],
];

/** RFC 9110 §13.1.5: If-Range. */
export const ifRangeVectors: RangeVector[] = [
  resumed('strong', 'the current strong tag', '"v1"', V1, PART),
  resumed('other', 'another tag', '"v0"', V1, FULL),
  resumed('weak-sent', 'a weak form of a strong tag', 'W/"v1"', V1, FULL),
  resumed('weak-state', 'a strong form of a weak tag', '"v1"', { etag: 'W/"v1"' }, FULL),
  resumed('weak-both', 'the current tag, but weak', 'W/"v1"', { etag: 'W/"v1"' }, FULL),
  resumed('prefix', 'a tag that is the beginning of the current one', '"v1"', { etag: '"v10"' }, FULL),
  resumed('extension', 'a tag that begins with the current one', '"v10"', V1, FULL),
  resumed('case', 'a tag that differs in case', '"V1"', V1, FULL),
  resumed('comma', 'a tag with a comma', '"a,b"', { etag: '"a,b"' }, PART),
  resumed('empty-tag', 'an empty tag', '""', { etag: '""' }, PART),
  resumed('empty-tag-no-tag', 'an empty tag where there is none', '""', DATED, FULL),
  resumed('obs-text', 'a tag with obs-text', '"caf\xe9"', { etag: '"caf\xe9"' }, PART),
  resumed('no-tag', 'a tag where there is a date only', '"v1"', DATED, FULL),
  resumed('no-validator', 'a tag where there is no validator', '"v1"', {}, FULL),
  ...MALFORMED.map(([slug, what, value]) => resumed(`malformed-${slug}`, `false: ${what}`, value, V1, FULL)),
  resumed('lines', 'two lines are a list', ['"v1"', '"v1"'], V1, FULL),
  resumed('date', 'the very Last-Modified date', MODIFIED, DATED, PART),
  resumed('date-with-tag', 'the very date, beside a tag', MODIFIED, { ...DATED, etag: '"v1"' }, PART),
  resumed(
    'date-milliseconds',
    'the date that Last-Modified shows of a finer time',
    MODIFIED,
    { ...DATED, milliseconds: 999 },
    PART,
  ),
  resumed('date-earlier', 'an earlier date', EARLIER, DATED, FULL),
  resumed('date-second-later', 'one second later is not an exact match', 'Sat, 29 Oct 1994 19:43:32 GMT', DATED, FULL),
  resumed(
    'date-second-earlier',
    'one second earlier is not an exact match',
    'Sat, 29 Oct 1994 19:43:30 GMT',
    DATED,
    FULL,
  ),
  resumed('date-later-rfc850', 'a later date in the RFC 850 format', rfc850(LATER), DATED, FULL),
  resumed('date-later-asctime', 'a later date in the asctime format', asctime(LATER), DATED, FULL),
  resumed('date-no-date', 'a date where there is a tag only', MODIFIED, V1, FULL),
  resumed('date-iso', 'the date in ISO 8601', '1994-10-29T19:43:31Z', DATED, FULL),
  resumed('date-zone', 'the date with another zone', 'Sat, 29 Oct 1994 19:43:31 +0000', DATED, FULL),
  resumed('date-lower-case', 'the date in lower case', MODIFIED.toLowerCase(), DATED, FULL),
  resumed('date-quoted', 'the date in quotes', `"${MODIFIED}"`, DATED, FULL),
  resumed('date-number', 'a number', '783459811', DATED, FULL),
  resumed('date-lines', 'two lines of the date', [MODIFIED, MODIFIED], DATED, FULL),
  resumed(
    'date-epoch',
    'the epoch',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    { lastModified: 'Thu, 01 Jan 1970 00:00:00 GMT' },
    PART,
  ),
  resumed(
    'date-future',
    'a date whose second is not over is weak',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    {
      lastModified: 'Fri, 31 Dec 9999 23:59:59 GMT',
    },
    FULL,
  ),
  resumed('false-unsatisfiable', 'an If-Range that fails leaves no 416', '"v0"', V1, FULL, 'bytes=100-'),
  resumed('false-multiple', 'an If-Range that fails leaves no parts', '"v0"', V1, FULL, 'bytes=0-1,3-4'),
  resumed(
    'multiple',
    'an If-Range that holds, for several parts',
    '"v1"',
    V1,
    {
      kind: 'partial',
      ranges: [
        { start: 0, end: 1 },
        { start: 3, end: 4 },
      ],
      status: 206,
    },
    'bytes=0-1,3-4',
  ),
  resumed(
    'suffix',
    'an If-Range that holds, for the end',
    '"v1"',
    V1,
    {
      kind: 'partial',
      ranges: [{ start: 95, end: 99 }],
      status: 206,
    },
    'bytes=-5',
  ),
  resumed('malformed-range', 'an If-Range that holds does not mend a Range', '"v1"', V1, FULL, 'bytes=a-b'),
  resumed('other-unit', 'an If-Range that holds does not add a unit', '"v1"', V1, FULL, 'items=0-1'),
  { ...resumed('no-range', 'ignored without a Range', '"v1"', V1, FULL), headers: [['If-Range', '"v1"']] },
  {
    ...resumed('no-range-false', 'ignored without a Range, even if it fails', '"v0"', V1, FULL),
    headers: [['If-Range', '"v0"']],
  },
  { ...resumed('head', 'HEAD: Range is ignored, so is If-Range', '"v1"', V1, FULL), method: 'HEAD' },
  { ...resumed('put', 'PUT: Range is ignored, so is If-Range', '"v0"', V1, FULL), method: 'PUT' },
  {
    ...resumed('after-if-match', 'If-Match and If-Range that hold', '"v1"', V1, PART),
    headers: [
      ['If-Match', '"v1"'],
      ['If-Range', '"v1"'],
      ['Range', 'bytes=10-19'],
    ],
  },
  {
    ...resumed('false-after-if-match', 'If-Match that holds, If-Range that does not', 'W/"v1"', V1, FULL),
    headers: [
      ['If-Match', '"v1"'],
      ['If-Range', 'W/"v1"'],
      ['Range', 'bytes=10-19'],
    ],
  },
];
