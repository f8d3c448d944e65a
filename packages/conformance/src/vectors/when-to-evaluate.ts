import type { FieldLine } from '@etag/wire';
import type { Vector, VectorState } from '../vector.ts';
import { EARLIER, LATER, MODIFIED } from './dates.ts';
import { failed, notModified, unconditional } from './expectation.ts';

const SECTION = '13.2.1';
const STATE: VectorState = { etag: '"v1"', lastModified: MODIFIED };

/** Every field with a condition that is false for the state above. */
const FALSE_CONDITIONS: FieldLine[] = [
  ['If-Match', '"v0"'],
  ['If-None-Match', '"v1"'],
  ['If-Modified-Since', LATER],
  ['If-Unmodified-Since', EARLIER],
];

function answered(status: number, method: string, line: FieldLine, id: string, expect = unconditional(status)): Vector {
  return {
    id: `status-${status}-${id}-${method.toLowerCase()}`,
    section: SECTION,
    title: `§13.2.1 ${method} with ${line.join(': ')} that would be answered ${status}`,
    method,
    state: STATE,
    status,
    headers: [line],
    expect,
  };
}

const otherStatuses: Vector[] = [
  301, 302, 303, 307, 308, 400, 403, 404, 409, 410, 422, 429, 451, 500, 501, 502, 503, 504,
].map((status) => answered(status, 'GET', ['If-None-Match', '"v1"'], 'if-none-match'));

const everyField: Vector[] = [404, 500].flatMap((status) => [
  answered(status, 'GET', ['If-None-Match', '*'], 'if-none-match-any'),
  answered(status, 'GET', ['If-Modified-Since', LATER], 'if-modified-since'),
  answered(status, 'GET', ['If-Match', '"v0"'], 'if-match'),
  answered(status, 'GET', ['If-Match', 'v1'], 'if-match-malformed'),
  answered(status, 'GET', ['If-Unmodified-Since', EARLIER], 'if-unmodified-since'),
  answered(status, 'HEAD', ['If-None-Match', '"v1"'], 'if-none-match'),
  answered(status, 'QUERY', ['If-None-Match', '"v1"'], 'if-none-match'),
]);

const writes: Vector[] = [400, 403, 409, 422, 503].map((status) =>
  answered(status, 'PUT', ['If-Match', '"v0"'], 'if-match'),
);

const evaluated: Vector[] = [
  answered(203, 'GET', ['If-None-Match', '"v1"'], 'if-none-match', notModified('if-none-match', 'matched')),
  answered(412, 'GET', ['If-Match', '"v0"'], 'if-match', failed('if-match', 'no-match')),
];

function withoutRepresentation(method: string): Vector[] {
  const of = (id: string, headers: FieldLine[]): Vector => ({
    id: `${method.toLowerCase()}-ignores-${id}`,
    section: SECTION,
    title: `§13.2.1 ${method} ignores ${headers.map(([name]) => name).join(', ')}`,
    method,
    state: STATE,
    headers,
    expect: unconditional(),
  });
  return [
    ...FALSE_CONDITIONS.map((line) => of(line[0].toLowerCase(), [line])),
    of('malformed-if-match', [['If-Match', 'v1']]),
    of('if-none-match-any', [['If-None-Match', '*']]),
    of('all', FALSE_CONDITIONS),
  ];
}

/** RFC 9110 §13.2.1: when preconditions are evaluated at all. */
export const whenToEvaluateVectors: Vector[] = [
  ...otherStatuses,
  ...everyField,
  ...writes,
  ...evaluated,
  ...withoutRepresentation('OPTIONS'),
  // What would be a 404 stays one, however the field is written.
  ...['GET', 'PATCH', 'DELETE'].map(
    (method): Vector => ({
      id: `missing-malformed-if-match-${method.toLowerCase()}`,
      section: SECTION,
      title: `§13.2.1 ${method} of what does not exist stays a 404 under a malformed If-Match`,
      method,
      state: null,
      headers: [['If-Match', 'v1']],
      expect: failed('if-match', 'malformed', 404),
    }),
  ),
  {
    id: 'missing-malformed-if-none-match-patch',
    section: SECTION,
    title: '§13.2.1 PATCH of what does not exist stays a 404 under a malformed If-None-Match',
    method: 'PATCH',
    state: null,
    headers: [['If-None-Match', 'v1']],
    expect: failed('if-none-match', 'malformed', 404),
  },
  {
    id: 'no-preconditions',
    section: SECTION,
    title: '§13.2.1 a request without preconditions is performed',
    method: 'GET',
    state: STATE,
    headers: [],
    expect: unconditional(),
  },
  {
    id: 'no-preconditions-put',
    section: SECTION,
    title: '§13.2.1 a write without preconditions is performed',
    method: 'PUT',
    state: STATE,
    headers: [],
    expect: unconditional(),
  },
  {
    id: 'if-range-is-no-precondition-of-a-write',
    section: SECTION,
    title: '§13.2.1 If-Range without Range decides nothing on a write',
    method: 'PUT',
    state: STATE,
    headers: [['If-Range', '"v0"']],
    expect: unconditional(),
  },
];

/** CONNECT and TRACE cannot be sent through every stack: these vectors are for a decision function only. */
export const coreOnly: Vector[] = [...withoutRepresentation('CONNECT'), ...withoutRepresentation('TRACE')];
