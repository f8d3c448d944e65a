import type { FieldLine } from '@etag/wire';
import type { Vector, VectorState } from '../vector.ts';
import { plainStatus } from '../vector.ts';
import { MODIFIED } from './dates.ts';
import { failed, METHODS, proceed } from './expectation.ts';
import { MALFORMED_LISTS } from './malformed-lists.ts';

const SECTION = '13.1.1';
const V1: VectorState = { etag: '"v1"' };

/** A write guarded by If-Match. */
function guarded(
  id: string,
  what: string,
  value: string | string[],
  expect: Vector['expect'],
  state: VectorState | null = V1,
): Vector {
  const headers = [value].flat().map((line): FieldLine => ['If-Match', line]);
  return { id: `if-match-${id}`, section: SECTION, title: `§13.1.1 ${what}`, method: 'PUT', state, headers, expect };
}

const methods: Vector[] = METHODS.flatMap((method): Vector[] => {
  const of = (
    id: string,
    what: string,
    value: string,
    state: VectorState | null,
    expect: Vector['expect'],
  ): Vector => ({
    ...guarded(`${id}-${method.toLowerCase()}`, `${method}: ${what}`, value, expect, state),
    method,
  });
  // RFC 9110 §13.2.1: a plain 404 takes precedence over the evaluation
  const absent = failed('if-match', 'absent', plainStatus(method, false) === 404 ? 404 : 412);
  return [
    of('current', 'the current tag lets it through', '"v1"', V1, proceed('if-match', 'matched')),
    of('stale', 'another tag stops it', '"v0"', V1, failed('if-match', 'no-match')),
    of('any', 'an asterisk is true for what exists', '*', V1, proceed('if-match', 'exists')),
    of('any-absent', 'an asterisk is false where nothing exists', '*', null, absent),
    of('absent', 'a tag is false where nothing exists', '"v1"', null, absent),
  ];
});

const malformed = MALFORMED_LISTS.map(({ slug, title, value }) =>
  guarded(`malformed-${slug}`, `fails closed on ${title}`, value, failed('if-match', 'malformed')),
);

const many = (count: number) => Array.from({ length: count }, (_, i) => `"v${i + 2}"`);

/** RFC 9110 §13.1.1: If-Match. */
export const ifMatchVectors: Vector[] = [
  ...methods,
  ...malformed,
  guarded('first', 'the first of a list matches', '"v1", "v2", "v3"', proceed('if-match', 'matched')),
  guarded('middle', 'one in the middle of a list matches', '"v0", "v1", "v2"', proceed('if-match', 'matched')),
  guarded('last', 'the last of a list matches', '"v2", "v3", "v1"', proceed('if-match', 'matched')),
  guarded('none-of-list', 'none of a list matches', '"v2", "v3", "v4"', failed('if-match', 'no-match')),
  guarded('twice', 'the same tag twice matches', '"v1", "v1"', proceed('if-match', 'matched')),
  guarded('no-space', 'a list without whitespace', '"v0","v1","v2"', proceed('if-match', 'matched')),
  guarded('tabs', 'tabs around a comma', '"v0"\t,\t"v1"', proceed('if-match', 'matched')),
  guarded('empty-elements', 'empty elements are ignored', ', ,"v0",,"v1", ,', proceed('if-match', 'matched')),
  guarded('empty', 'an empty list matches nothing', '', failed('if-match', 'no-match')),
  guarded('commas', 'a list of empty elements matches nothing', ', ,\t,', failed('if-match', 'no-match')),
  guarded('weak-and-strong', 'a strong form beside a weak one matches', 'W/"v1", "v1"', proceed('if-match', 'matched')),
  guarded(
    'strong-and-weak',
    'a weak form behind the strong one does no harm',
    '"v1", W/"v1"',
    proceed('if-match', 'matched'),
  ),
  guarded('weak-in-list', 'a weak form in a list never matches', '"v0", W/"v1"', failed('if-match', 'weak')),
  guarded('weak-state', 'a weak current tag matches neither form', '"v1", W/"v1"', failed('if-match', 'weak'), {
    etag: 'W/"v1"',
  }),
  guarded('any-weak-state', 'an asterisk is true for a weak tag', '*', proceed('if-match', 'exists'), {
    etag: 'W/"v1"',
  }),
  guarded('any-no-tag', 'an asterisk is true for what has a date only', '*', proceed('if-match', 'exists'), {
    lastModified: MODIFIED,
  }),
  guarded('any-no-validator', 'an asterisk is true for what has no validator', '*', proceed('if-match', 'exists'), {}),
  guarded('no-tag', 'a tag is false for what has a date only', '"v1"', failed('if-match', 'no-match'), {
    lastModified: MODIFIED,
  }),
  guarded('no-validator', 'a tag is false for what has no validator', '"v1"', failed('if-match', 'no-match'), {}),
  guarded('empty-tag-no-tag', 'an empty tag is false for what has none', '""', failed('if-match', 'no-match'), {}),
  guarded('empty-absent', 'an empty list is false where nothing exists', '', failed('if-match', 'absent'), null),
  guarded('malformed-quote-alone', 'fails closed on a quote alone', '"', failed('if-match', 'malformed')),
  guarded('malformed-weak-quote-alone', 'fails closed on W/ and a quote', 'W/"', failed('if-match', 'malformed')),
  guarded('malformed-absent', 'fails closed where nothing exists', 'v1', failed('if-match', 'malformed'), null),
  guarded('malformed-no-tag', 'fails closed for what has no tag', 'v1', failed('if-match', 'malformed'), {}),
  {
    ...guarded('malformed-get', 'GET: fails closed as well', 'v1', failed('if-match', 'malformed')),
    method: 'GET',
  },
  {
    ...guarded('malformed-delete', 'DELETE: fails closed', '"v1" "v2"', failed('if-match', 'malformed')),
    method: 'DELETE',
  },
  {
    ...guarded('malformed-post', 'POST: fails closed', 'w/"v1"', failed('if-match', 'malformed')),
    method: 'POST',
  },
  {
    ...guarded('malformed-patch', 'PATCH: fails closed', '*, *', failed('if-match', 'malformed')),
    method: 'PATCH',
  },
  guarded('lines', 'repeated lines are one list', ['"v0"', '"v1"'], proceed('if-match', 'matched')),
  guarded('lines-first', 'the first of repeated lines counts', ['"v1"', '"v0"'], proceed('if-match', 'matched')),
  guarded('lines-none', 'none of repeated lines matches', ['"v0"', '"v2"'], failed('if-match', 'no-match')),
  guarded('lines-empty', 'an empty line is an empty element', ['', '"v1"'], proceed('if-match', 'matched')),
  guarded('lines-malformed', 'one malformed line spoils the list', ['"v1"', 'v2'], failed('if-match', 'malformed')),
  guarded('lines-any', 'two asterisks on two lines are malformed', ['*', '*'], failed('if-match', 'malformed')),
  guarded('lines-any-and-tag', 'an asterisk and a tag are malformed', ['*', '"v1"'], failed('if-match', 'malformed')),
  guarded('lines-split-tag', 'a tag cannot span two lines', ['"v', '1"'], failed('if-match', 'malformed')),
  guarded(
    'many-with',
    'the last of 200 tags matches',
    [...many(199), '"v1"'].join(', '),
    proceed('if-match', 'matched'),
  ),
  guarded('many-without', 'none of 200 tags matches', many(200).join(', '), failed('if-match', 'no-match')),
  guarded('many-lines', 'the last of 40 lines matches', [...many(39), '"v1"'], proceed('if-match', 'matched')),
  guarded('many-commas', 'a tag after 200 commas matches', `${','.repeat(200)}"v1"`, proceed('if-match', 'matched')),
  {
    ...guarded('name-upper-case', 'field names are case-insensitive', '"v0"', failed('if-match', 'no-match')),
    headers: [['IF-MATCH', '"v0"']],
  },
  {
    ...guarded('name-lower-case', 'a field name in lower case', '"v0"', failed('if-match', 'no-match')),
    headers: [['if-match', '"v0"']],
  },
];
