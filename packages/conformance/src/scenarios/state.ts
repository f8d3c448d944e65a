import { statePath } from '../fixture.js';
import type { Scenario, StepExpectation } from '../scenario.js';
import type { FieldLine } from '../vector.js';

const MODIFIED = 'Sat, 29 Oct 1994 19:43:31 GMT';
const V7 = statePath({ etag: '"v7"', lastModified: MODIFIED });
const PROBLEM = { etag: '"v7"', 'content-type': 'application/problem+json' };

function one(
  id: string,
  section: string,
  title: string,
  method: string,
  path: string,
  headers: FieldLine[],
  expect: StepExpectation,
): Scenario {
  return { id: `state-${id}`, section, title: `§${section} ${title}`, steps: [{ method, path, headers, expect }] };
}

/** What a middleware does for resources whose validators it knows before the handler. */
export const stateScenarios: Scenario[] = [
  one('200-validators', '8.8', 'a 200 carries the validators of its resource', 'GET', V7, [], {
    status: 200,
    fields: { etag: '"v7"', 'last-modified': MODIFIED },
  }),
  one('200-head', '9.3.2', 'HEAD carries the validators too', 'HEAD', V7, [], {
    status: 200,
    fields: { etag: '"v7"' },
    body: '',
  }),
  one('304', '15.4.5', 'a 304 carries the tag and nothing about content', 'GET', V7, [['If-None-Match', '"v7"']], {
    status: 304,
    fields: { etag: '"v7"', 'content-type': false, 'content-length': false, 'content-encoding': false },
    body: '',
  }),
  one(
    '304-of-list',
    '15.4.5',
    'a 304 carries the current tag, not the first of the list',
    'GET',
    V7,
    [['If-None-Match', '"v6", "v7", "v8"']],
    { status: 304, fields: { etag: '"v7"' }, body: '' },
  ),
  one(
    '304-of-date',
    '15.4.5',
    'a 304 after If-Modified-Since carries the tag',
    'GET',
    V7,
    [['If-Modified-Since', MODIFIED]],
    { status: 304, fields: { etag: '"v7"' }, body: '' },
  ),
  one(
    '206-validators',
    '15.3.7',
    'a 206 carries the tag of the whole',
    'GET',
    statePath({ etag: '"v7"' }, 100),
    [['Range', 'bytes=0-4']],
    { status: 206, fields: { etag: '"v7"', 'content-range': 'bytes 0-4/100' }, body: '01234' },
  ),
  one(
    '412-problem',
    '15.5.13',
    'a 412 says which field failed and why, with the current tag',
    'PUT',
    V7,
    [['If-Match', '"v6"']],
    {
      status: 412,
      fields: PROBLEM,
      json: { status: 412, field: 'if-match', reason: 'no-match', current: '"v7"' },
    },
  ),
  one('412-weak', '15.5.13', 'a 412 says that a tag is weak', 'PUT', V7, [['If-Match', 'W/"v7"']], {
    status: 412,
    fields: { 'content-type': 'application/problem+json' },
    json: { status: 412, field: 'if-match', reason: 'weak' },
  }),
  one('412-malformed', '15.5.13', 'a 412 says that a field is malformed', 'DELETE', V7, [['If-Match', 'v7']], {
    status: 412,
    fields: PROBLEM,
    json: { status: 412, field: 'if-match', reason: 'malformed', current: '"v7"' },
  }),
  one(
    '412-date',
    '15.5.13',
    'a 412 names the date field',
    'PATCH',
    V7,
    [['If-Unmodified-Since', 'Sat, 29 Oct 1994 19:43:30 GMT']],
    {
      status: 412,
      fields: PROBLEM,
      json: { status: 412, field: 'if-unmodified-since', reason: 'modified', current: '"v7"' },
    },
  ),
  one('412-exists', '15.5.13', 'a 412 says that the resource exists', 'PUT', V7, [['If-None-Match', '*']], {
    status: 412,
    fields: PROBLEM,
    json: { status: 412, field: 'if-none-match', reason: 'exists', current: '"v7"' },
  }),
  one(
    '412-absent',
    '15.5.13',
    'a 412 of a missing resource has no tag',
    'PUT',
    statePath(null),
    [['If-Match', '"v7"']],
    {
      status: 412,
      fields: { 'content-type': 'application/problem+json', etag: false },
      json: { status: 412, field: 'if-match', reason: 'absent', current: null },
    },
  ),
  one('412-get', '15.5.13', 'a GET whose If-Match fails is answered 412 as well', 'GET', V7, [['If-Match', '"v6"']], {
    status: 412,
    fields: PROBLEM,
    json: { status: 412, field: 'if-match', reason: 'no-match', current: '"v7"' },
  }),
  one(
    'write-no-tag',
    '9.3.4',
    'a PUT that is performed gets no tag that was not stored',
    'PUT',
    V7,
    [['If-Match', '"v7"']],
    {
      status: 200,
      fields: { etag: false },
    },
  ),
  one('write-coded-tag', '8.8.3.3', 'the tag of a coded form guards a write', 'PUT', V7, [['If-Match', '"v7-gzip"']], {
    status: 200,
  }),
  one(
    'write-coded-tag-br',
    '8.8.3.3',
    'the tag of another coded form guards a write',
    'DELETE',
    V7,
    [['If-Match', '"v7-br"']],
    {
      status: 200,
    },
  ),
  one(
    'write-coded-tag-list',
    '8.8.3.3',
    'the tag of a coded form in a list',
    'PUT',
    V7,
    [['If-Match', '"v6", "v7-gzip"']],
    {
      status: 200,
    },
  ),
  one(
    'write-stale-coded-tag',
    '8.8.3.3',
    'the tag of a coded form of another version',
    'PUT',
    V7,
    [['If-Match', '"v6-gzip"']],
    {
      status: 412,
    },
  ),
  one(
    'write-unknown-coding',
    '8.8.3.3',
    'what is no coding makes another tag',
    'PUT',
    V7,
    [['If-Match', '"v7-draft"']],
    {
      status: 412,
    },
  ),
  one(
    'write-weak-coded-tag',
    '8.8.3.3',
    'a weak tag of a coded form guards nothing',
    'PUT',
    V7,
    [['If-Match', 'W/"v7-gzip"']],
    {
      status: 412,
    },
  ),
  one(
    'write-own-suffix',
    '8.8.3.3',
    'a tag of the application that ends like a coding is compared as it stands',
    'PUT',
    statePath({ etag: '"v7-gzip"' }),
    [['If-Match', '"v7-gzip"']],
    { status: 200 },
  ),
  one(
    'write-own-suffix-cut',
    '8.8.3.3',
    'a tag of the application that ends like a coding is not cut',
    'PUT',
    statePath({ etag: '"v7-gzip"' }),
    [['If-Match', '"v7"']],
    { status: 412 },
  ),
  one(
    'coded-and-strong',
    '13.2.2',
    'each field finds its own form of the tag: If-Match the plain one, If-None-Match a coded one',
    'GET',
    V7,
    [
      ['If-Match', '"v7"'],
      ['If-None-Match', '"v7-gzip"'],
    ],
    { status: 304, body: '' },
  ),
  one(
    'coded-and-coded',
    '13.2.2',
    'each field finds its own form of the tag: two codings',
    'GET',
    V7,
    [
      ['If-Match', '"v7-br"'],
      ['If-None-Match', '"v7-gzip"'],
    ],
    { status: 304, body: '' },
  ),
];
