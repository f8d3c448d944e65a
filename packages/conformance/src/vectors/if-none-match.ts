import type { FieldLine } from '@etag/wire';
import { plainStatus, type Vector, type VectorState } from '../vector.ts';
import { MODIFIED } from './dates.ts';
import { denied, failed, METHODS, proceed } from './expectation.ts';
import { MALFORMED_LISTS } from './malformed-lists.ts';

const SECTION = '13.1.2';
const V1: VectorState = { etag: '"v1"' };
const MATCHED = denied('GET', 'if-none-match', 'matched');
const NO_MATCH = proceed('if-none-match', 'no-match');

/** A GET that revalidates by If-None-Match. */
function revalidated(
  id: string,
  what: string,
  value: string | string[],
  expect: Vector['expect'],
  state: VectorState | null = V1,
): Vector {
  const headers = [value].flat().map((line): FieldLine => ['If-None-Match', line]);
  return {
    id: `if-none-match-${id}`,
    section: SECTION,
    title: `§13.1.2 ${what}`,
    method: 'GET',
    state,
    headers,
    expect,
  };
}

const methods: Vector[] = METHODS.flatMap((method): Vector[] => {
  const of = (
    id: string,
    what: string,
    value: string,
    state: VectorState | null,
    expect: Vector['expect'],
  ): Vector => ({
    ...revalidated(`${id}-${method.toLowerCase()}`, `${method}: ${what}`, value, expect, state),
    method,
  });
  const absent = proceed('if-none-match', 'absent', plainStatus(method, false));
  return [
    of('current', 'the current tag stops it', '"v1"', V1, denied(method, 'if-none-match', 'matched')),
    of('other', 'another tag lets it through', '"v0"', V1, NO_MATCH),
    of('any', 'an asterisk is false for what exists', '*', V1, denied(method, 'if-none-match', 'exists')),
    of('any-absent', 'an asterisk is true where nothing exists', '*', null, absent),
    of('absent', 'a tag is true where nothing exists', '"v1"', null, absent),
  ];
});

const malformed = MALFORMED_LISTS.flatMap(({ slug, title, value }): Vector[] => [
  revalidated(`malformed-${slug}-get`, `GET: no 304 on ${title}`, value, proceed('if-none-match', 'malformed')),
  {
    ...revalidated(
      `malformed-${slug}-put`,
      `PUT: fails closed on ${title}`,
      value,
      failed('if-none-match', 'malformed'),
    ),
    method: 'PUT',
  },
]);

/** Request header fields that tell caches how fresh a response has to be. An origin answers 304 all the same. */
const CACHE_REQUESTS: [slug: string, ...line: FieldLine][] = [
  ['max-age-0', 'Cache-Control', 'max-age=0'],
  ['no-store', 'Cache-Control', 'no-store'],
  ['pragma', 'Pragma', 'no-cache'],
];

const many = (count: number) => Array.from({ length: count }, (_, i) => `"v${i + 2}"`);

/** RFC 9110 §13.1.2: If-None-Match. */
export const ifNoneMatchVectors: Vector[] = [
  ...methods,
  ...malformed,
  revalidated('first', 'the first of a list matches', '"v1", "v2", "v3"', MATCHED),
  revalidated('middle', 'one in the middle of a list matches', '"v0", "v1", "v2"', MATCHED),
  revalidated('last', 'the last of a list matches', '"v2", "v3", "v1"', MATCHED),
  revalidated('none-of-list', 'none of a list matches', '"v2", W/"v3", "v4"', NO_MATCH),
  revalidated('weak-list', 'a weak form in a list matches', 'W/"v0", W/"v1", W/"v2"', MATCHED),
  revalidated('no-space', 'a list without whitespace', '"v0",W/"v1","v2"', MATCHED),
  revalidated('space-before-comma', 'a space before the comma', '"v0" , "v1" , "v2"', MATCHED),
  revalidated('tab-before-comma', 'a tab before the comma', '"v1"\t, "v0"', MATCHED),
  revalidated('empty-elements', 'empty elements are ignored', ', ,"v0",,"v1", ,', MATCHED),
  revalidated('empty', 'an empty list matches nothing', '', NO_MATCH),
  revalidated('commas', 'a list of empty elements matches nothing', ', ,\t,', NO_MATCH),
  { ...revalidated('empty-put', 'PUT: an empty list matches nothing', '', NO_MATCH), method: 'PUT' },
  revalidated('any-weak-state', 'an asterisk is false for a weak tag', '*', denied('GET', 'if-none-match', 'exists'), {
    etag: 'W/"v1"',
  }),
  revalidated(
    'any-no-tag',
    'an asterisk is false for what has a date only',
    '*',
    denied('GET', 'if-none-match', 'exists'),
    {
      lastModified: MODIFIED,
    },
  ),
  {
    ...revalidated('any-no-validator-put', 'PUT: an asterisk is false for what has no validator', '*', NO_MATCH, {}),
    method: 'PUT',
    expect: failed('if-none-match', 'exists'),
  },
  revalidated('no-tag', 'a tag is true for what has a date only', '"v1"', NO_MATCH, { lastModified: MODIFIED }),
  {
    ...revalidated('no-tag-put', 'PUT: a tag is true for what has no tag', '"v1"', NO_MATCH, {}),
    method: 'PUT',
  },
  {
    ...revalidated('empty-tag-no-tag', 'PUT: an empty tag is true for what has none', '""', NO_MATCH, {}),
    method: 'PUT',
  },
  {
    ...revalidated('weak-put', 'PUT: weak comparison guards a write too', 'W/"v1"', failed('if-none-match', 'matched')),
    method: 'PUT',
  },
  {
    ...revalidated('list-put', 'PUT: one of a list matches', '"v0", W/"v1"', failed('if-none-match', 'matched')),
    method: 'PUT',
  },
  {
    ...revalidated('malformed-head', 'HEAD: no 304 on a malformed value', 'v1', proceed('if-none-match', 'malformed')),
    method: 'HEAD',
  },
  {
    ...revalidated(
      'malformed-query',
      'QUERY: no 304 on a malformed value',
      'v1',
      proceed('if-none-match', 'malformed'),
    ),
    method: 'QUERY',
  },
  {
    ...revalidated('malformed-post', 'POST: fails closed', 'w/"v1"', failed('if-none-match', 'malformed')),
    method: 'POST',
  },
  {
    ...revalidated('malformed-patch', 'PATCH: fails closed', '"v0', failed('if-none-match', 'malformed')),
    method: 'PATCH',
  },
  {
    ...revalidated('malformed-delete', 'DELETE: fails closed', '*, *', failed('if-none-match', 'malformed')),
    method: 'DELETE',
  },
  {
    ...revalidated(
      'malformed-create',
      'PUT: fails closed where nothing exists',
      '**',
      failed('if-none-match', 'malformed'),
    ),
    method: 'PUT',
    state: null,
  },
  revalidated(
    'malformed-absent',
    'GET: a malformed value leaves a 404',
    'v1',
    proceed('if-none-match', 'malformed', 404),
    null,
  ),
  revalidated('lines', 'repeated lines are one list', ['"v0"', '"v1"'], MATCHED),
  revalidated('lines-first', 'the first of repeated lines counts', ['"v1"', '"v0"'], MATCHED),
  revalidated('lines-lists', 'repeated lines with lists of their own', ['"v2", "v3"', '"v4", W/"v1"'], MATCHED),
  revalidated('lines-none', 'none of repeated lines matches', ['"v0"', '"v2"'], NO_MATCH),
  revalidated('lines-empty', 'an empty line is an empty element', ['', '"v1"'], MATCHED),
  revalidated(
    'lines-malformed',
    'one malformed line spoils the list',
    ['"v1"', 'v2'],
    proceed('if-none-match', 'malformed'),
  ),
  revalidated(
    'lines-any',
    'two asterisks on two lines are malformed',
    ['*', '*'],
    proceed('if-none-match', 'malformed'),
  ),
  revalidated(
    'lines-any-and-tag',
    'an asterisk and a tag are malformed',
    ['"v1"', '*'],
    proceed('if-none-match', 'malformed'),
  ),
  {
    ...revalidated('lines-any-put', 'PUT: two asterisks on two lines fail closed', ['*', '*'], NO_MATCH),
    method: 'PUT',
    expect: failed('if-none-match', 'malformed'),
  },
  revalidated('many-with', 'the last of 200 tags matches', [...many(199), '"v1"'].join(', '), MATCHED),
  revalidated('many-without', 'none of 200 tags matches', many(200).join(', '), NO_MATCH),
  revalidated('many-lines', 'the last of 40 lines matches', [...many(39), 'W/"v1"'], MATCHED),
  revalidated('many-commas', 'a tag after 200 commas matches', `${','.repeat(200)}"v1"`, MATCHED),
  {
    ...revalidated('name-upper-case', 'field names are case-insensitive', '"v1"', MATCHED),
    headers: [['IF-NONE-MATCH', '"v1"']],
  },
  ...CACHE_REQUESTS.map(([slug, ...line]): Vector => {
    const vector = revalidated(`request-${slug}`, `${line.join(': ')} on a request leaves the 304`, '"v1"', MATCHED);
    return { ...vector, headers: [...vector.headers, line] };
  }),
];
