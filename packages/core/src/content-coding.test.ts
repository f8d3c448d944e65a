import { describe, expect, it } from 'vitest';
import {
  codedTag,
  type EntityTag,
  entityTag,
  evaluatePreconditions,
  type HeaderFields,
  namedTag,
  strongCompare,
} from './index.js';

const CODINGS = ['gzip', 'br', 'zstd', 'deflate'];

describe('§8.8.3.3 codedTag', () => {
  it.each<[tag: EntityTag, contentEncoding: string | null | undefined, coded: EntityTag]>([
    ['"v7"', 'gzip', '"v7-gzip"'],
    ['"v7"', 'br', '"v7-br"'],
    ['"v7"', 'zstd', '"v7-zstd"'],
    ['"v7"', 'deflate', '"v7-deflate"'],
    ['"v7"', 'GZip', '"v7-gzip"'],
    ['"v7"', null, '"v7"'],
    ['"v7"', undefined, '"v7"'],
    ['"v7"', '', '"v7"'],
    ['""', 'gzip', '"-gzip"'],
    ['"v7-br"', 'gzip', '"v7-br-gzip"'],
  ])('%s under %j is %s', (tag, contentEncoding, coded) => {
    expect(codedTag(tag, contentEncoding)).toBe(coded);
  });

  it.each(['compress', 'dcb', 'gzip, br', 'br,gzip', '"'])('a strong tag becomes weak under %j', (contentEncoding) => {
    expect(codedTag('"v7"', contentEncoding)).toBe('W/"v7"');
  });

  it.each([...CODINGS, 'compress', 'gzip, br', null])('a weak tag names all codings: %j', (contentEncoding) => {
    expect(codedTag('W/"v7"', contentEncoding)).toBe('W/"v7"');
  });

  it.each([...CODINGS, 'compress', 'gzip, br', null])('twice is once: %j', (contentEncoding) => {
    const coded = codedTag('"v7"', contentEncoding);
    expect(codedTag(coded, contentEncoding)).toBe(coded);
  });

  it('gives each coding a tag that compares strongly with no other', () => {
    const tags = [null, ...CODINGS].map((coding) => codedTag('"v7"', coding));
    for (const a of tags)
      for (const b of tags) expect(strongCompare(a, b)).toBe(a === b && tags.indexOf(a) === tags.indexOf(b));
  });

  it('makes what an entity tag can carry', () => {
    const tags = [...CODINGS, 'compress'].map((coding) => codedTag('"v\xff"', coding));
    expect(tags).toEqual([
      ...CODINGS.map((coding) => entityTag(`v\xff-${coding}`)),
      entityTag('v\xff', { weak: true }),
    ]);
  });
});

describe('§8.8.3.3 namedTag', () => {
  it.each<[list: string | null, named: EntityTag | null]>([
    [null, null],
    ['"v7-gzip"', '"v7-gzip"'],
    ['"v7-br"', '"v7-br"'],
    ['"v6-gzip", "v7-zstd"', '"v7-zstd"'],
    [',\t"a,b" , "v7-deflate",', '"v7-deflate"'],
    ['W/"v7"', 'W/"v7"'],
    ['W/"v7-gzip"', 'W/"v7-gzip"'],
    ['W/"v7", "v7-gzip"', '"v7-gzip"'],
    ['"v7-gzip", W/"v7"', '"v7-gzip"'],
    ['"v7-gzip", "v7"', '"v7"'],
    ['W/"v7", "v7"', '"v7"'],
    ['"v7"', '"v7"'],
    ['*', null],
    ['', null],
    ['"v6-gzip"', null],
    ['"v77-gzip"', null],
    ['"v7-compress"', null],
    ['"v7-gzip-gzip"', null],
    ['"v7-GZIP"', null],
    ['"v7gzip"', null],
    ['"a, v7-gzip"', null],
    ['"v7-gzip', null],
    ['v7-gzip', null],
    ['"v7-gzip" "v7-br"', null],
  ])('of "v7", %j names %j', (list, named) => {
    expect(namedTag(list, '"v7"')).toBe(named);
  });

  it('knows no other form of a weak tag: it names all codings', () => {
    expect(namedTag('"v6", W/"v7"', 'W/"v7"')).toBe('W/"v7"');
    expect(namedTag('W/"v7-gzip"', 'W/"v7"')).toBeNull();
  });

  it('compares a tag of the application that merely ends like a coding as it stands first', () => {
    expect(namedTag('"a-gzip"', '"a-gzip"')).toBe('"a-gzip"');
    expect(namedTag('"a-gzip-br"', '"a-gzip"')).toBe('"a-gzip-br"');
    expect(namedTag('"a"', '"a-gzip"')).toBeNull();
  });

  it.each(CODINGS)('maps back what codedTag made: %s', (coding) => {
    const stored = codedTag('"v7"', coding);
    expect(namedTag(stored, '"v7"')).toBe(stored);
    expect(namedTag(stored, '"v8"')).toBeNull();
  });
});

describe('§8.8.3.3 preconditions evaluated against the form that each field names', () => {
  const outcome = (method: string, headers: HeaderFields, etag: EntityTag = '"v7"') =>
    evaluatePreconditions({ method, headers }, { etag }, { named: namedTag }).outcome;

  it.each(CODINGS)('%s: a 304 for the tag that the client stored, none for another version', (coding) => {
    const headers = { 'if-none-match': codedTag('"v7"', coding) };
    expect(outcome('GET', headers)).toBe('not-modified');
    expect(outcome('GET', headers, '"v8"')).toBe('proceed');
  });

  it.each(CODINGS)('%s: If-Match passes for the version that the client saw, not for another', (coding) => {
    const headers = { 'if-match': codedTag('"v7"', coding) };
    expect(outcome('PUT', headers)).toBe('proceed');
    expect(outcome('PUT', headers, '"v8"')).toBe('failed');
  });

  it('takes the two fields apart', () => {
    expect(outcome('GET', { 'if-match': '"v7"', 'if-none-match': '"v7-gzip"' })).toBe('not-modified');
    expect(outcome('GET', { 'if-match': '"v7-gzip"', 'if-none-match': '"v7"' })).toBe('not-modified');
    expect(outcome('PUT', { 'if-match': '"v7-gzip"', 'if-none-match': '"v7"' })).toBe('failed');
    expect(outcome('PUT', { 'if-match': '"v7-gzip"', 'if-none-match': '"v6"' })).toBe('proceed');
  });

  it('reads repeated lines as one list', () => {
    const lines = ['"v6"', '"v7-br"'];
    expect(outcome('GET', { 'if-none-match': lines })).toBe('not-modified');
    expect(outcome('GET', new Headers(lines.map((line): [string, string] => ['If-None-Match', line])))).toBe(
      'not-modified',
    );
  });

  it('is strict about weakness: a weakened tag reads, and does not write', () => {
    expect(outcome('GET', { 'if-none-match': 'W/"v7-gzip"' })).toBe('not-modified');
    expect(outcome('PUT', { 'if-match': 'W/"v7-gzip"' })).toBe('failed');
    expect(outcome('PUT', { 'if-match': '"v7-gzip"' }, 'W/"v7"')).toBe('failed');
  });

  it('knows nothing of codings unless told', () => {
    const request = { method: 'GET', headers: { 'if-none-match': '"v7-gzip"' } };
    expect(evaluatePreconditions(request, { etag: '"v7"' }).outcome).toBe('proceed');
  });
});
