import { describe, expect, it } from 'vitest';
import {
  checkPreconditions,
  type EntityTag,
  type Expectation,
  entityTag,
  expectation,
  fieldValue,
  outcome,
  type ResourceState,
  refused,
  respond,
  tagCodec,
} from './index.ts';

/** FHIR and SCIM: `W/"3"` is version 3. */
const weak = tagCodec({
  format: (version) => entityTag(version, { weak: true }),
  parse: (tag) => /^(?:W\/)?"(\w+(?:-\w+)*)"$/.exec(tag)?.[1] ?? null,
});

/** The same, strong. */
const strong = tagCodec({
  format: (version) => entityTag(version),
  parse: (tag) => /"(\w+(?:-\w+)*)"$/.exec(tag)?.[1] ?? null,
});

const put = (ifMatch: string) => ({ method: 'PUT', headers: { 'if-match': ifMatch } });

describe('what a write expects', () => {
  it.each<[sent: string, expected: Expectation]>([
    ['W/"3"', { oneOf: ['3'] }],
    ['"3"', { oneOf: ['3'] }],
    ['W/"3", W/"4"', { oneOf: ['3', '4'] }],
    // The tag of a version in a format that this resource does not have.
    ['W/"3", "!"', { oneOf: ['3'] }],
    ['"!"', { oneOf: [] }],
    ['""', { oneOf: [] }],
    ['', { oneOf: [] }],
    ['*', { exists: true }],
  ])('If-Match: %s, where the standard has weak tags', (sent, expected) => {
    expect(expectation(put(sent), { codec: weak })).toEqual(expected);
  });

  it('is not what tags of versionTag say', () => {
    expect(expectation(put('"v3"'), { codec: strong })).toEqual({ oneOf: ['v3'] });
    const numbers = tagCodec({ format: (v) => `"${v}"`, parse: (tag) => /^"(\d+)"$/.exec(tag)?.[1] ?? null });
    expect(expectation(put('"v3"'), { codec: numbers })).toEqual({ oneOf: [] });
    expect(expectation(put('W/"3"'))).toEqual({ oneOf: [] });
  });

  it('§13.1.1 a weak tag counts only where the format makes it weak, or acceptWeakened is on', () => {
    expect(expectation(put('W/"3"'), { codec: strong })).toEqual({ oneOf: [] });
    expect(expectation(put('W/"3"'), { codec: strong, acceptWeakened: true })).toEqual({ oneOf: ['3'] });
  });

  it('§8.8.3.3 a content coding is taken off; a version that ends like one keeps its end', () => {
    expect(expectation(put('"3-gzip"'), { codec: strong })).toEqual({ oneOf: ['3-gzip', '3'] });
    expect(expectation(put('"a-br"'), { codec: strong })).toEqual({ oneOf: ['a-br', 'a'] });
  });

  it('§13.1.2 If-None-Match compares weakly, and a date stays a date', () => {
    const headers = { 'if-none-match': 'W/"3"', 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' };
    expect(expectation({ method: 'PUT', headers }, { codec: strong })).toEqual({
      noneOf: ['3'],
      unmodifiedSince: Date.UTC(2026, 0, 1),
    });
  });

  it('reads header fields of any kind, whatever the case of their names', () => {
    const headers = new Headers({ 'If-Match': 'W/"3"' });
    expect(expectation({ method: 'PUT', headers }, { codec: weak })).toEqual({ oneOf: ['3'] });
    expect(expectation({ method: 'PUT', headers: { 'if-match': ['W/"3"', 'W/"4"'] } }, { codec: weak })).toEqual({
      oneOf: ['3', '4'],
    });
  });

  it('refuses what is malformed, and what is missing', () => {
    expect(() => expectation(put('3'), { codec: weak })).toThrow(expect.objectContaining({ status: 412 }));
    const required = { codec: weak, require: true };
    expect(() => expectation({ method: 'PUT', headers: {} }, required)).toThrow(
      expect.objectContaining({ status: 428 }),
    );
    expect(() => expectation(put(' , '), required)).toThrow(expect.objectContaining({ status: 428 }));
  });
});

describe('a codec', () => {
  it('reads and makes the tags of its format', () => {
    expect([weak.parse('W/"3"'), weak.parse('"!"'), weak.format('3')]).toEqual(['3', null, 'W/"3"']);
    const numbers = tagCodec({ format: (version) => `"${version}"`, parse: (tag) => tag.slice(1, -1) });
    expect([numbers.parse('"3"'), numbers.format('3')]).toEqual(['3', '"3"']);
  });

  it('translates the two fields that list tags, and no other', () => {
    const { method, headers } = weak.request({
      method: 'PUT',
      headers: {
        'if-match': 'W/"3"',
        'if-none-match': 'W/"4", "!"',
        'if-range': 'W/"3"',
        'x-if-match': 'W/"3"',
        'if-match-x': 'W/"3"',
      },
    });
    const names = ['if-match', 'if-none-match', 'if-range', 'x-if-match', 'if-match-x', 'etag'];
    expect(method).toBe('PUT');
    expect(names.map((name) => fieldValue(headers, name))).toEqual([
      '"v3"',
      '"v4", ""',
      'W/"3"',
      'W/"3"',
      'W/"3"',
      null,
    ]);
  });

  it('translates a state, and leaves what is not of its format', () => {
    expect(weak.state({ etag: 'W/"3"', lastModified: 0 })).toEqual({ etag: '"v3"', lastModified: 0 });
    for (const state of [null, {}, { etag: null }, { etag: '"!"' as const }]) expect(weak.state(state)).toBe(state);
  });
});

describe('the answer', () => {
  const patch = { method: 'PATCH', headers: { 'if-match': 'W/"3"' } };

  it('carries the tag of the format', () => {
    const updated = outcome({ kind: 'updated', value: {}, version: '4' });
    expect(respond(patch, updated, { codec: weak }).headers.etag).toBe('W/"4"');
    expect(respond(patch, updated).headers.etag).toBe('"v4"');
  });

  it('of a refusal names the current one, and calls it stale', () => {
    const stale = refused({ oneOf: ['3'] }, { version: '4' });
    const { status, headers, body } = respond(patch, stale, { codec: weak });
    expect([status, headers.etag]).toEqual([412, 'W/"4"']);
    expect(body).toMatchObject({ field: 'if-match', reason: 'no-match', current: 'W/"4"' });
  });

  it('is not made of what is not a tag: a TypeError', () => {
    const bare = tagCodec({ format: (version) => version as EntityTag, parse: () => null });
    const updated = outcome({ kind: 'updated', value: {}, version: '4' });
    expect(() => respond(patch, updated, { codec: bare })).toThrow(TypeError);
  });
});

describe('a check before the handler', () => {
  const status = (sent: string, current: ResourceState | null, codec = weak) => {
    try {
      checkPreconditions(put(sent), current, { codec });
      return 200;
    } catch (error) {
      return (error as { status: number; body: { reason: string } }).body.reason;
    }
  };

  it.each<[sent: string, current: EntityTag, status: 200 | string]>([
    ['W/"3"', 'W/"3"', 200],
    ['"3"', 'W/"3"', 200],
    ['W/"2"', 'W/"3"', 'no-match'],
    ['W/"2", W/"3"', 'W/"3"', 200],
    ['*', 'W/"3"', 200],
    ['3', 'W/"3"', 'malformed'],
    // A weak tag that is not of the format names content that may differ: it never guards.
    ['W/"!"', 'W/"!"', 'weak'],
  ])('If-Match: %s, current %s: %s', (sent, etag, expected) => {
    expect(status(sent, { etag })).toBe(expected);
  });

  it('leaves a strong format strong', () => {
    expect(status('"3"', { etag: '"3"' }, strong)).toBe(200);
    expect(status('"3-gzip"', { etag: '"3"' }, strong)).toBe(200);
    expect(status('W/"3"', { etag: '"3"' }, strong)).toBe('weak');
  });

  it('of what does not exist', () => {
    expect(status('W/"3"', null)).toBe('absent');
  });

  it('tells the client the tag of the format', () => {
    expect(() => checkPreconditions(put('W/"2"'), { etag: 'W/"3"' }, { codec: weak })).toThrow(
      expect.objectContaining({ status: 412, current: 'W/"3"' }),
    );
  });
});
