import { describe, expect, it } from 'vitest';
import {
  checkPreconditions,
  type EntityTag,
  evaluatePreconditions,
  evaluateRange,
  evaluateRead,
  type ResourceState,
} from './index.ts';

/** What applications give by mistake, in JavaScript or through an `any`. */
const SLIPS: [what: string, state: unknown][] = [
  ['an unquoted tag', { etag: 'v7' }],
  ['an unquoted weak tag', { etag: 'W/v7' }],
  ['an empty tag', { etag: '' }],
  ['a tag that does not end', { etag: '"v7' }],
  ['a tag that does not begin', { etag: 'v7"' }],
  ['a tag in another kind of quotes', { etag: "'v7'" }],
  ['a tag with a small w', { etag: 'w/"v7"' }],
  ['a tag with a space', { etag: '"a b"' }],
  ['a tag with a line break', { etag: '"v7"\r\n' }],
  ['a tag with a letter beyond U+00FF', { etag: '"ключ"' }],
  ['a tag with space around it', { etag: ' "v7"' }],
  ['a list of tags', { etag: '"v6", "v7"' }],
  ['any tag', { etag: '*' }],
  ['a number as a tag', { etag: 7 }],
  ['a bigint as a tag', { etag: 7n }],
  ['false as a tag', { etag: false }],
  ['a list as a tag', { etag: ['"v7"'] }],
  ['a promise as a tag', { etag: Promise.resolve('"v7"') }],
  ['NaN as a time', { lastModified: Number.NaN }],
  ['an Invalid Date', { lastModified: new Date('31.12.2026 03:04') }],
  ['a date without a value', { etag: '"v7"', lastModified: new Date(undefined as unknown as string) }],
  ['a time as text', { lastModified: '2026-01-02T03:04:05Z' }],
  ['an HTTP-date as text', { lastModified: 'Fri, 02 Jan 2026 03:04:05 GMT' }],
  ['a time as a bigint', { lastModified: 0n }],
  ['a time beyond the year 9999', { lastModified: 8.64e15 }],
  ['infinity as a time', { lastModified: Number.POSITIVE_INFINITY }],
  ['an object as a time', { lastModified: {} }],
  ['a tag instead of a state', '"v7"'],
  ['a list instead of a state', ['"v7"']],
  ['an empty list instead of a state', []],
  ['a Date instead of a state', new Date(0)],
  ['a Map instead of a state', new Map([['etag', '"v7"']])],
  ['a Set instead of a state', new Set()],
  ['a Headers instead of a state', new Headers({ etag: '"v7"' })],
  ['an instance of a class without members', new (class Note {})()],
  ['an error instead of a state', new Error('down')],
  ['a promise instead of a state', Promise.resolve({ etag: '"v7"' })],
  ['a function instead of a state', () => ({ etag: '"v7"' })],
  ['what a store gave instead of a state', { version: '7', value: 'hello', modified: 0 }],
  ['a misspelt tag', { ETag: '"v7"' }],
  ['a row', { id: 1, updated_at: new Date(0) }],
  ['empty text instead of a state', ''],
  ['a number instead of a state', 7],
  ['true instead of a state', true],
  ['undefined instead of a state', undefined],
];

const DATE = 'Fri, 02 Jan 2026 03:04:05 GMT';

/** Requests of every kind: with the field that a slip is about, with another one, with none. */
const REQUESTS: Record<string, string>[] = [
  {},
  { 'if-match': '"v7"' },
  { 'if-match': '*' },
  { 'if-match': 'v7' },
  { 'if-none-match': '"v7"' },
  { 'if-none-match': 'v7' },
  { 'if-none-match': '*' },
  { 'if-modified-since': DATE },
  { 'if-unmodified-since': DATE },
  { 'if-unmodified-since': 'no date' },
];

describe.each(SLIPS)('%s', (_, slip) => {
  const state = slip as ResourceState;

  it('is a TypeError on every request, whatever it says', () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      for (const headers of REQUESTS) {
        const what = JSON.stringify({ method, headers });
        expect(() => evaluatePreconditions({ method, headers }, state), what).toThrow(TypeError);
        expect(() => evaluatePreconditions({ method, headers }, state, { status: 404 }), what).toThrow(TypeError);
        expect(() => checkPreconditions({ method, headers }, state), what).toThrow(TypeError);
        expect(() => evaluateRead({ method, headers }, state), what).toThrow(TypeError);
      }
    }
  });

  it('is a TypeError where If-Range compares it', () => {
    for (const sent of ['"v7"', DATE, 'v7']) {
      const request = { method: 'GET', headers: { range: 'bytes=0-1', 'if-range': sent } };
      expect(() => evaluateRange(request, state, 10), sent).toThrow(TypeError);
    }
  });

  it('is still one right after a state that is right', () => {
    evaluatePreconditions({ method: 'GET', headers: {} }, { etag: '"v7"', lastModified: 0 });
    expect(() => evaluatePreconditions({ method: 'GET', headers: {} }, state)).toThrow(TypeError);
    expect(() => evaluatePreconditions({ method: 'GET', headers: {} }, state)).toThrow(TypeError);
  });
});

describe('the message', () => {
  const message = (state: unknown) => {
    try {
      evaluatePreconditions({ method: 'GET', headers: {} }, state as ResourceState);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('shows the tag as it was given, and what a tag is', () => {
    expect(message({ etag: 'v7' })).toMatch(/^Not an entity tag: v7 \(string\)\. .*quotes: "v7"/);
    expect(message({ etag: 7 })).toContain('7 (number)');
  });

  it('shows the time, and the state', () => {
    expect(message({ lastModified: new Date(Number.NaN) })).toMatch(/^Not a time: Invalid Date \(object\)\./);
    expect(message('"v7"')).toMatch(/^Not a state: "v7" \(string\)\. Give \{ etag, lastModified \} or null$/);
    expect(message('v7\nGET / 200')).toContain('Not a state: v7?GET / 200 (string)');
  });
});

describe('what is a state', () => {
  it.each<[what: string, state: ResourceState | null]>([
    ['nothing there', null],
    ['no validator', {}],
    ['validators that are null', { etag: null, lastModified: null }],
    ['validators that are undefined', { etag: undefined, lastModified: undefined }],
    ['a strong tag', { etag: '"v7"' }],
    ['a weak tag', { etag: 'W/"v7"' }],
    ['an empty opaque tag', { etag: '""' }],
    ['a tag with obs-text', { etag: '"caf\xe9"' }],
    ['a time in ms', { lastModified: 0 }],
    ['a time before 1970', { lastModified: -1 }],
    ['a time with parts of a ms', { lastModified: 0.5 }],
    ['a Date', { lastModified: new Date(0) }],
    ['the last second of the year 9999', { lastModified: 253_402_300_799_999 }],
    [
      'the members of a class',
      new (class {
        etag = '"v7"' as EntityTag;
      })(),
    ],
    ['members beside the validators', { etag: '"v7"', version: 7 } as ResourceState],
  ])('%s', (_, state) => {
    expect(evaluatePreconditions({ method: 'GET', headers: {} }, state)).toMatchObject({ outcome: 'proceed' });
  });

  it('a Date of another realm, as a test runner may bring', () => {
    const foreign = { getTime: () => 0, valueOf: () => 0 } as Date;
    const headers = { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' };
    expect(evaluatePreconditions({ method: 'GET', headers }, { lastModified: foreign }).outcome).toBe('not-modified');
  });
});

describe('§8.8.2 a modification time', () => {
  const second = Date.UTC(2026, 0, 2, 3, 4, 5);
  const unmodifiedSince = (lastModified: Date | number | null | undefined) =>
    evaluatePreconditions({ method: 'PUT', headers: { 'if-unmodified-since': DATE } }, { lastModified });

  it.each([second, second + 999, new Date(second), new Date(second + 999)])(
    'is cut to its second: %s',
    (lastModified) => {
      expect(unmodifiedSince(lastModified)).toMatchObject({ outcome: 'proceed', reason: 'unmodified' });
    },
  );

  it.each([second + 1000, new Date(second + 1000)])('is later from the next second on: %s', (lastModified) => {
    expect(unmodifiedSince(lastModified)).toMatchObject({ outcome: 'failed', reason: 'modified' });
  });

  it.each([null, undefined])('§13.1.4 that is not known decides nothing: %s', (lastModified) => {
    expect(unmodifiedSince(lastModified)).toMatchObject({ outcome: 'proceed', field: null, reason: 'none' });
  });
});
