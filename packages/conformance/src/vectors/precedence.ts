import type { PreconditionField, Reason } from '@etag/core';
import type { FieldLine } from '@etag/wire';
import type { Vector, VectorState } from '../vector.ts';
import { asctime, EARLIER, LATER, MODIFIED } from './dates.ts';
import { denied, failed, isSafe, notModified, proceed, unconditional } from './expectation.ts';

const SECTION = '13.2.2';
const STATE: VectorState = { etag: '"v1"', lastModified: MODIFIED };

/** A field whose condition is true or false for the state above, with the reason that it gives. */
interface Condition {
  field: PreconditionField;
  holds: boolean;
  line: FieldLine;
  reason: Reason;
}

const CONDITIONS: Record<PreconditionField, { true: Condition; false: Condition }> = {
  'if-match': {
    true: { field: 'if-match', holds: true, line: ['If-Match', '"v1"'], reason: 'matched' },
    false: { field: 'if-match', holds: false, line: ['If-Match', '"v0"'], reason: 'no-match' },
  },
  'if-unmodified-since': {
    true: { field: 'if-unmodified-since', holds: true, line: ['If-Unmodified-Since', LATER], reason: 'unmodified' },
    false: { field: 'if-unmodified-since', holds: false, line: ['If-Unmodified-Since', EARLIER], reason: 'modified' },
  },
  'if-none-match': {
    true: { field: 'if-none-match', holds: true, line: ['If-None-Match', '"v0"'], reason: 'no-match' },
    false: { field: 'if-none-match', holds: false, line: ['If-None-Match', '"v1"'], reason: 'matched' },
  },
  'if-modified-since': {
    true: { field: 'if-modified-since', holds: true, line: ['If-Modified-Since', EARLIER], reason: 'modified' },
    false: { field: 'if-modified-since', holds: false, line: ['If-Modified-Since', LATER], reason: 'unmodified' },
  },
};

/** The four steps of §13.2.2, on conditions whose outcome is known. */
function decide(method: string, conditions: readonly Condition[]): Vector['expect'] {
  const of = (name: PreconditionField) => conditions.find(({ field }) => field === name);
  const guard = of('if-match') ?? of('if-unmodified-since');
  if (guard && !guard.holds) return failed(guard.field, guard.reason);
  const validation = of('if-none-match') ?? (isSafe(method) ? of('if-modified-since') : undefined);
  if (validation && !validation.holds) return denied(method, validation.field, validation.reason);
  const last = validation ?? guard;
  return last ? proceed(last.field, last.reason) : unconditional();
}

function combinations(method: string, least: number): Vector[] {
  const choices = Object.values(CONDITIONS).map((choice) => [undefined, choice.true, choice.false]);
  const [matches = [], unmodified = [], noneMatches = [], modified = []] = choices;
  const vectors: Vector[] = [];
  for (const a of matches) {
    for (const b of unmodified) {
      for (const c of noneMatches) {
        for (const d of modified) {
          const conditions = [a, b, c, d].filter((condition) => condition !== undefined);
          if (conditions.length < least) continue;
          const names = conditions.map(({ field, holds }) => `${field}-${holds}`);
          vectors.push({
            id: `precedence-${method.toLowerCase()}-${names.join('-')}`,
            section: SECTION,
            title: `§13.2.2 ${method}: ${conditions.map(({ field, holds }) => `${field} ${holds}`).join(', ')}`,
            method,
            state: STATE,
            headers: conditions.map(({ line }) => line),
            expect: decide(method, conditions),
          });
        }
      }
    }
  }
  return vectors;
}

function vector(
  id: string,
  what: string,
  method: string,
  headers: FieldLine[],
  expect: Vector['expect'],
  state: VectorState | null = STATE,
): Vector {
  return {
    id: `precedence-${id}`,
    section: SECTION,
    title: `§13.2.2 ${method}: ${what}`,
    method,
    state,
    headers,
    expect,
  };
}

/** RFC 9110 §13.2.2: which precondition decides. */
export const precedenceVectors: Vector[] = [
  ...combinations('GET', 2),
  ...combinations('PUT', 2),
  ...combinations('HEAD', 4),
  ...combinations('QUERY', 4),
  ...combinations('DELETE', 4),
  vector(
    'header-order',
    'the order of the lines does not matter',
    'PUT',
    [CONDITIONS['if-none-match'].false.line, CONDITIONS['if-match'].false.line],
    failed('if-match', 'no-match'),
  ),
  vector(
    'if-match-malformed-date-true',
    'a malformed If-Match is not rescued by a date',
    'PUT',
    [['If-Match', 'v1'], CONDITIONS['if-unmodified-since'].true.line],
    failed('if-match', 'malformed'),
  ),
  vector(
    'if-match-weak-date-true',
    'a weak If-Match is not rescued by a date',
    'PUT',
    [['If-Match', 'W/"v1"'], CONDITIONS['if-unmodified-since'].true.line],
    failed('if-match', 'weak'),
  ),
  vector(
    'if-match-empty-date-true',
    'an empty If-Match is present all the same',
    'PUT',
    [['If-Match', ''], CONDITIONS['if-unmodified-since'].true.line],
    failed('if-match', 'no-match'),
  ),
  vector(
    'if-match-any-date-false',
    'an asterisk in If-Match puts the date out of play',
    'PUT',
    [['If-Match', '*'], CONDITIONS['if-unmodified-since'].false.line],
    proceed('if-match', 'exists'),
  ),
  vector(
    'if-none-match-empty-date-false',
    'an empty If-None-Match puts the date out of play',
    'GET',
    [['If-None-Match', ''], CONDITIONS['if-modified-since'].false.line],
    proceed('if-none-match', 'no-match'),
  ),
  vector(
    'if-none-match-malformed-date-false',
    'a malformed If-None-Match puts the date out of play',
    'GET',
    [['If-None-Match', 'v1'], CONDITIONS['if-modified-since'].false.line],
    proceed('if-none-match', 'malformed'),
  ),
  vector(
    'if-none-match-no-tag-date-false',
    'If-None-Match puts the date out of play even where there is no tag',
    'GET',
    [['If-None-Match', '"v1"'], CONDITIONS['if-modified-since'].false.line],
    proceed('if-none-match', 'no-match'),
    { lastModified: MODIFIED },
  ),
  vector(
    'if-match-no-tag-date-true',
    'If-Match puts the date out of play even where there is no tag',
    'PUT',
    [['If-Match', '"v1"'], CONDITIONS['if-unmodified-since'].true.line],
    failed('if-match', 'no-match'),
    { lastModified: MODIFIED },
  ),
  vector(
    'if-match-true-if-none-match-weak',
    'each field compares its own way: If-Match strongly, If-None-Match weakly',
    'GET',
    [
      ['If-Match', '"v1"'],
      ['If-None-Match', 'W/"v1"'],
    ],
    notModified('if-none-match', 'matched'),
  ),
  vector(
    'if-match-true-if-none-match-weak-put',
    'each field compares its own way on a write',
    'PUT',
    [
      ['If-Match', '"v1"'],
      ['If-None-Match', 'W/"v1"'],
    ],
    failed('if-none-match', 'matched'),
  ),
  vector(
    'if-match-weak-if-none-match-strong',
    'a weak If-Match fails although If-None-Match would match',
    'GET',
    [
      ['If-Match', 'W/"v1"'],
      ['If-None-Match', '"v1"'],
    ],
    failed('if-match', 'weak'),
  ),
  vector(
    'if-match-any-if-none-match-any',
    'two asterisks can never both be true',
    'PUT',
    [
      ['If-Match', '*'],
      ['If-None-Match', '*'],
    ],
    failed('if-none-match', 'exists'),
  ),
  vector(
    'if-match-any-if-none-match-any-absent',
    'two asterisks fail where nothing exists too',
    'PUT',
    [
      ['If-Match', '*'],
      ['If-None-Match', '*'],
    ],
    failed('if-match', 'absent'),
    null,
  ),
  vector(
    'if-match-true-if-none-match-malformed',
    'a passed guard does not excuse a malformed If-None-Match',
    'PUT',
    [
      ['If-Match', '"v1"'],
      ['If-None-Match', 'v1'],
    ],
    failed('if-none-match', 'malformed'),
  ),
  vector(
    'invalid-guard-date',
    'an ignored If-Unmodified-Since leaves the decision to If-None-Match',
    'GET',
    [
      ['If-Unmodified-Since', '1990'],
      ['If-None-Match', '"v1"'],
    ],
    notModified('if-none-match', 'matched'),
  ),
  vector(
    'invalid-dates',
    'two ignored dates decide nothing',
    'GET',
    [
      ['If-Unmodified-Since', '1990'],
      ['If-Modified-Since', '3000'],
    ],
    unconditional(),
  ),
  vector(
    'guard-then-invalid-date',
    'an ignored If-Modified-Since leaves the word to the guard',
    'GET',
    [
      ['If-Match', '"v1"'],
      ['If-Modified-Since', '3000'],
    ],
    proceed('if-match', 'matched'),
  ),
  vector(
    'dates-equal',
    'the same date in both date fields: unmodified, so 304',
    'GET',
    [
      ['If-Unmodified-Since', MODIFIED],
      ['If-Modified-Since', MODIFIED],
    ],
    notModified('if-modified-since', 'unmodified'),
  ),
  vector(
    'dates-in-two-formats',
    'the two date fields in two formats',
    'GET',
    [
      ['If-Unmodified-Since', asctime(LATER)],
      ['If-Modified-Since', asctime(EARLIER)],
    ],
    proceed('if-modified-since', 'modified'),
  ),
  vector(
    'range-after-if-none-match',
    'a Range does not turn the 304 into a 206',
    'GET',
    [CONDITIONS['if-none-match'].false.line, ['Range', 'bytes=0-1']],
    notModified('if-none-match', 'matched'),
  ),
  vector(
    'range-after-if-modified-since',
    'a Range does not turn the 304 of a date into a 206',
    'GET',
    [CONDITIONS['if-modified-since'].false.line, ['Range', 'bytes=0-1']],
    notModified('if-modified-since', 'unmodified'),
  ),
  vector(
    'range-after-if-match',
    'a Range does not turn the 412 into a 206',
    'GET',
    [CONDITIONS['if-match'].false.line, ['Range', 'bytes=0-1']],
    failed('if-match', 'no-match'),
  ),
  vector(
    'range-after-if-unmodified-since',
    'a Range does not turn the 412 of a date into a 206',
    'GET',
    [CONDITIONS['if-unmodified-since'].false.line, ['Range', 'bytes=0-1']],
    failed('if-unmodified-since', 'modified'),
  ),
  vector(
    'unsatisfiable-range-after-if-none-match',
    'an unsatisfiable Range does not turn the 304 into a 416',
    'GET',
    [CONDITIONS['if-none-match'].false.line, ['Range', 'bytes=1000000-']],
    notModified('if-none-match', 'matched'),
  ),
  vector(
    'unsatisfiable-range-after-if-match',
    'an unsatisfiable Range does not turn the 412 into a 416',
    'GET',
    [CONDITIONS['if-match'].false.line, ['Range', 'bytes=1000000-']],
    failed('if-match', 'no-match'),
  ),
  vector(
    'if-range-after-if-none-match',
    'an If-Range that holds does not turn the 304 into a 206',
    'GET',
    [CONDITIONS['if-none-match'].false.line, ['Range', 'bytes=0-1'], ['If-Range', '"v1"']],
    notModified('if-none-match', 'matched'),
  ),
  vector(
    'if-range-false-after-if-none-match',
    'an If-Range that fails does not turn the 304 into a 200',
    'GET',
    [CONDITIONS['if-none-match'].false.line, ['Range', 'bytes=0-1'], ['If-Range', '"v0"']],
    notModified('if-none-match', 'matched'),
  ),
  vector(
    'if-range-after-if-match',
    'an If-Range that holds does not turn the 412 into a 206',
    'GET',
    [CONDITIONS['if-match'].false.line, ['Range', 'bytes=0-1'], ['If-Range', '"v1"']],
    failed('if-match', 'no-match'),
  ),
];
