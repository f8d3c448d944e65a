import { describe, expect, test } from 'vitest';
import {
  absent,
  any,
  type Circumstances,
  checkExpectation,
  type DecisionEvent,
  type Expectation,
  exists,
  expectation,
  holds,
  noneOf,
  oneOf,
  PreconditionFailedError,
  PreconditionRequiredError,
  refused,
} from './index.ts';

const put = (headers: Record<string, string>) => ({ method: 'PUT', headers });
const NOON = Date.UTC(2026, 0, 2, 12);
const NOON_DATE = 'Fri, 02 Jan 2026 12:00:00 GMT';

describe('expectation', () => {
  test.each<[title: string, headers: Record<string, string>, expected: Expectation]>([
    ['no precondition expects anything', {}, any],
    ['§13.1.1 If-Match: * expects something', { 'if-match': '*' }, exists],
    ['§13.1.1 If-Match names a version', { 'if-match': '"v7"' }, oneOf('7')],
    ['§13.1.1 If-Match names several', { 'if-match': '"v6", "v7"' }, oneOf('6', '7')],
    ['§13.1.1 a weak tag guards no write', { 'if-match': 'W/"v7", "v8"' }, oneOf('8')],
    ['§13.1.1 an If-Match of weak tags alone never matches', { 'if-match': 'W/"v7"' }, oneOf()],
    ['§13.1.1 a tag that is not ours names no version', { 'if-match': '"xyzzy", "7", "v"' }, oneOf()],
    ['§13.1.1 an empty If-Match lists nothing, so nothing matches', { 'if-match': '' }, oneOf()],
    ['§8.8.3.3 a tag of a coded representation names the same version', { 'if-match': '"v7-gzip"' }, oneOf('7')],
    ['§8.8.3.3 so does what Jetty appends', { 'if-match': '"v7--gzip"' }, oneOf('7')],
    ['a tag of a variant names the same version', { 'if-match': '"v7:en", "v8:de-br"' }, oneOf('7', '8')],
    ['a version may be any string', { 'if-match': '"v%22a%20b%22", "v1.2", "va-b"' }, oneOf('"a b"', '1.2', 'a-b')],
    ['§13.1.2 If-None-Match: * expects nothing', { 'if-none-match': '*' }, absent],
    ['§13.1.2 If-None-Match excludes versions, weak tags too', { 'if-none-match': '"v6", W/"v7"' }, noneOf('6', '7')],
    ['§13.1.2 a tag that is not ours excludes nothing', { 'if-none-match': '"xyzzy"' }, noneOf()],
    ['§13.1.4 If-Unmodified-Since', { 'if-unmodified-since': NOON_DATE }, { unmodifiedSince: NOON }],
    ['§13.1.4 what is not an HTTP-date is ignored', { 'if-unmodified-since': '2026-01-02T12:00:00Z' }, any],
    ['§13.1.3 If-Modified-Since guards no write', { 'if-modified-since': NOON_DATE }, any],
    [
      '§13.2.2 If-Match wins over If-Unmodified-Since',
      { 'if-match': '"v7"', 'if-unmodified-since': NOON_DATE },
      oneOf('7'),
    ],
    ['§13.2.2 both lists must hold', { 'if-match': '*', 'if-none-match': '"v6"' }, { exists: true, noneOf: ['6'] }],
    [
      '§13.2.2 the date and If-None-Match must hold',
      { 'if-unmodified-since': NOON_DATE, 'if-none-match': '*' },
      { unmodifiedSince: NOON, absent: true },
    ],
  ])('%s', (_, headers, expected) => {
    expect(expectation(put(headers))).toEqual(expected);
  });

  test.each(['OPTIONS', 'TRACE', 'CONNECT'])('§13.2.1 %s ignores preconditions', (method) => {
    expect(expectation({ method, headers: { 'if-match': 'malformed' } }, { require: true })).toEqual(any);
  });

  test.each([
    ['if-match', '7'],
    ['if-match', '"v7'],
    ['if-match', 'w/"v7"'],
    ['if-match', '"v7" "v8"'],
    ['if-match', '*, "v7"'],
    ['if-none-match', 'v7'],
    ['if-none-match', '**'],
  ])('fails closed on %s: %s', (field, value) => {
    const run = () => expectation(put({ [field]: value }));
    expect(run).toThrow(PreconditionFailedError);
    expect(run).toThrow(expect.objectContaining({ status: 412, decision: { field, reason: 'malformed' } }));
  });

  test('fails on a malformed field even where the other one is sound', () => {
    expect(() => expectation(put({ 'if-match': '"v7"', 'if-none-match': 'v7' }))).toThrow(PreconditionFailedError);
  });

  test('reads a Request', () => {
    const request = new Request('http://localhost/', { method: 'PUT', headers: { 'If-Match': '"v7"' } });
    expect(expectation(request)).toEqual(oneOf('7'));
  });

  describe('with require', () => {
    test.each<[title: string, headers: Record<string, string>]>([
      ['nothing', {}],
      ['a date alone', { 'if-unmodified-since': NOON_DATE }],
      ['an empty If-Match', { 'if-match': '' }],
      ['an If-None-Match that lists nothing', { 'if-none-match': ' , ,' }],
    ])('refuses %s with 428', (_, headers) => {
      const run = () => expectation(put(headers), { require: true });
      expect(run).toThrow(PreconditionRequiredError);
      expect(run).toThrow(expect.objectContaining({ status: 428 }));
    });

    test.each<[headers: Record<string, string>, expected: Expectation]>([
      [{ 'if-match': '"v7"' }, oneOf('7')],
      [{ 'if-match': '*' }, exists],
      [{ 'if-match': 'W/"v7"' }, oneOf()],
      [{ 'if-none-match': '*' }, absent],
    ])('lets %o through', (headers, expected) => {
      expect(expectation(put(headers), { require: true })).toEqual(expected);
    });

    test('a malformed field is 412', () => {
      expect(() => expectation(put({ 'if-match': '7' }), { require: true })).toThrow(PreconditionFailedError);
    });
  });
});

describe('holds', () => {
  const current = { version: '7', modified: NOON + 999 };

  test.each<[title: string, expected: Expectation, whenStored: boolean, whenNot: boolean]>([
    ['any', any, true, true],
    ['exists', exists, true, false],
    ['absent', absent, false, true],
    ['oneOf with the current version', oneOf('6', '7'), true, false],
    ['oneOf without it', oneOf('6'), false, false],
    ['oneOf nothing', oneOf(), false, false],
    ['noneOf with the current version', noneOf('6', '7'), false, true],
    ['noneOf without it', noneOf('6'), true, true],
    ['noneOf nothing', noneOf(), true, true],
    ['unmodified since its very second', { unmodifiedSince: NOON }, true, true],
    ['unmodified since the second before', { unmodifiedSince: NOON - 1000 }, false, true],
    ['all of several', { exists: true, oneOf: ['7'], noneOf: ['6'], unmodifiedSince: NOON }, true, false],
    ['one of several does not hold', { exists: true, oneOf: ['7'], noneOf: ['7'] }, false, false],
    ['what contradicts itself', { exists: true, absent: true }, false, false],
  ])('%s', (_, expected, whenStored, whenNot) => {
    expect(holds(expected, current)).toBe(whenStored);
    expect(holds(expected, null)).toBe(whenNot);
  });

  test('§13.1.4 a date is ignored where the store keeps no modification time', () => {
    expect(holds({ unmodifiedSince: 0 }, { version: '7' })).toBe(true);
  });

  test('§13.1.4 a time that is not one is not before the date', () => {
    expect(holds({ unmodifiedSince: NOON }, { version: '7', modified: Number.NaN })).toBe(false);
  });
});

/** What a slip in JavaScript, an `any`, or JSON can bring. */
const NOT_EXPECTATIONS: [what: string, value: unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a tag', '"v7"'],
  ['empty text', ''],
  ['a number', 7],
  ['true', true],
  ['a list', ['7']],
  ['an empty list', []],
  ['a function', any.constructor],
  ['a date', new Date(0)],
  ['a Map', new Map([['exists', true]])],
  ['a promise', Promise.resolve(any)],
  ['a member in another case', { oneof: ['7'] }],
  ['the field of a request', { ifMatch: '"v7"' }],
  ['a version', { version: '7' }],
  ['a known member beside an unknown one', { oneOf: ['7'], extra: 1 }],
  ['a member that objects inherit', { constructor: ['7'] }],
  ['oneOf with text', { oneOf: '7' }],
  ['oneOf with numbers', { oneOf: [7] }],
  ['oneOf with undefined', { oneOf: undefined }],
  ['noneOf with null', { noneOf: null }],
  ['noneOf with a hole', { noneOf: ['7', undefined] }],
  ['exists that is false', { exists: false }],
  ['exists that is undefined', { exists: undefined }],
  ['absent that is 1', { absent: 1 }],
  ['a date as text', { unmodifiedSince: '2026-01-01' }],
  ['a Date', { unmodifiedSince: new Date(0) }],
  ['NaN', { unmodifiedSince: Number.NaN }],
];

describe('what is not an expectation', () => {
  test.each(NOT_EXPECTATIONS)('%s is a TypeError', (_, value) => {
    const slip = value as Expectation;
    expect(() => checkExpectation(slip)).toThrow(TypeError);
    expect(() => holds(slip, { version: '7' })).toThrow(TypeError);
    expect(() => holds(slip, null)).toThrow(TypeError);
  });

  test('is named', () => {
    const message = (value: unknown) => {
      try {
        checkExpectation(value as Expectation);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message('"v7"')).toContain('"v7"');
    expect(message({ oneof: ['7'] })).toContain('{ oneof: 7 }');
    expect(message(undefined)).toContain('undefined');
  });

  test.each([
    any,
    exists,
    absent,
    oneOf(),
    oneOf('7'),
    noneOf('6'),
    { unmodifiedSince: 0 },
    { ...exists, ...oneOf('7') },
  ])('unlike %j', (expected) => {
    expect(() => checkExpectation(expected)).not.toThrow();
    // As one that came through JSON, or has no prototype.
    expect(() => checkExpectation(JSON.parse(JSON.stringify(expected)))).not.toThrow();
    expect(() => checkExpectation(Object.assign(Object.create(null), expected))).not.toThrow();
  });
});

describe('§13.2.2 which member failed, as refused() reports it', () => {
  const current = { version: '7', modified: NOON };

  test.each<[title: string, expected: Expectation, whenStored: string | null, whenNot: string | null]>([
    ['any', any, null, null],
    ['exists', exists, null, 'exists'],
    ['absent', absent, 'absent', null],
    ['oneOf', oneOf('6'), 'oneOf', 'oneOf'],
    ['noneOf', noneOf('7'), 'noneOf', null],
    ['a date', { unmodifiedSince: NOON - 1000 }, 'unmodifiedSince', null],
    ['If-Match before If-None-Match', { ...oneOf('6'), ...noneOf('7') }, 'oneOf', 'oneOf'],
    ['the date before If-None-Match', { ...absent, unmodifiedSince: 0 }, 'unmodifiedSince', null],
    ['If-None-Match where If-Match holds', { ...exists, ...noneOf('7') }, 'noneOf', 'exists'],
  ])('%s', (_, expected, whenStored, whenNot) => {
    expect(refused(expected, current).failed).toBe(whenStored);
    expect(refused(expected, null).failed).toBe(whenNot);
  });
});

describe('who is told of a refusal', () => {
  const told = (headers: Record<string, string>, circumstances?: Circumstances) => {
    const heard: DecisionEvent[] = [];
    const onDecision = (event: DecisionEvent) => heard.push(event);
    const options = circumstances ? { require: true } : { require: true, onDecision };
    const run = () => expectation(put(headers), options, circumstances && { ...circumstances, onDecision });
    return { run, heard };
  };

  test.each<[headers: Record<string, string>, event: Partial<DecisionEvent>]>([
    [{}, { status: 428, field: null, reason: 'required' }],
    [{ 'if-match': 'v7' }, { status: 412, field: 'if-match', reason: 'malformed' }],
    [{ 'if-none-match': 'v7' }, { status: 412, field: 'if-none-match', reason: 'malformed' }],
  ])('of %j: onDecision, and that the handler ran', (headers, event) => {
    const { run, heard } = told(headers);
    expect(run).toThrow();
    expect(heard).toEqual([expect.objectContaining({ method: 'PUT', handlerRan: true, ...event })]);
  });

  test('by what the adapter knows instead, where it knows more', () => {
    const { run, heard } = told({}, { handlerRan: false, route: () => '/:id' });
    expect(run).toThrow();
    expect(heard).toEqual([expect.objectContaining({ status: 428, handlerRan: false, route: '/:id' })]);
  });

  test('nobody of what is not refused', () => {
    const { run, heard } = told({ 'if-match': '"v7"' });
    expect(run()).toEqual(oneOf('7'));
    expect(heard).toEqual([]);
  });
});

test.each([
  ['undefined', undefined, 'undefined'],
  ['text', '"v7"', '"v7"'],
  ['a list', ['7'], '7'],
  ['text of several lines', 'a\r\nb', 'a??b'],
  ['a member of several lines', { 'a\nb': true }, '{ a?b: true }'],
  ['an unknown member', { version: '7' }, '{ version: 7 }'],
  ['a member of every object', { toString: true }, '{ toString: true }'],
  ['exists that is false', { exists: false }, '{ exists: false }'],
  ['absent that is 1', { absent: 1 }, '{ absent: 1 }'],
  ['a version outside a list', { oneOf: '7' }, '{ oneOf: 7 }'],
  ['a version that is a number', { oneOf: ['6', 7] }, '{ oneOf: 6,7 }'],
  ['a number to exclude', { noneOf: [7] }, '{ noneOf: 7 }'],
  ['a time that is not one', { unmodifiedSince: Number.NaN }, '{ unmodifiedSince: NaN }'],
  ['a Date', { unmodifiedSince: new Date(Number.NaN) }, '{ unmodifiedSince: Invalid Date }'],
])('what is given in place of an expectation is named: %s', (_, given, named) => {
  expect(() => checkExpectation(given as Expectation)).toThrow(
    new TypeError(
      `Not an expectation: ${named} (${typeof given}). Give expectation(request), any, exists, absent, oneOf(...) or noneOf(...)`,
    ),
  );
});

test.each([any, exists, absent])('%j is shared, and frozen', (expected) => {
  expect(Object.isFrozen(expected)).toBe(true);
});

describe('§5.6.1 a list as long as a peer likes', () => {
  const tags = '"v1",'.repeat(200_000);
  const versions = Array.from({ length: 200_000 }, () => '1');

  test.each([
    ['if-match', { oneOf: versions }],
    ['if-none-match', { noneOf: versions }],
  ])('is read, in %s', (field, expected) => {
    expect(expectation({ method: 'PUT', headers: { [field]: tags } })).toEqual(expected);
  });
});
