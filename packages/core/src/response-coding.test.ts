import { describe, expect, it } from 'vitest';
import { acceptsCoding, codeTag } from './index.ts';

const GZIP = { 'accept-encoding': 'gzip' };

/** The ETag after `codeTag`. */
function coded(
  fields: Record<string, string>,
  { status = 200, method = 'GET', accept = GZIP as Record<string, string> } = {},
): string | null {
  const headers = new Headers(fields);
  codeTag({ method, headers: accept }, { status, headers });
  const { etag = null, ...others } = Object.fromEntries(headers);
  const { etag: _, ...before } = fields;
  expect(others).toEqual(before);
  return etag;
}

describe('§8.8.3.3 codeTag: a 200', () => {
  it.each<[etag: string, contentEncoding: string, result: string]>([
    ['"v7"', 'gzip', '"v7-gzip"'],
    ['"v7"', 'br', '"v7-br"'],
    ['"v7"', 'GZIP', '"v7-gzip"'],
    ['"v7"', 'compress', 'W/"v7"'],
    ['"v7"', 'gzip, br', 'W/"v7"'],
    ['"v7"', 'identity', '"v7"'],
    ['W/"v7"', 'gzip', 'W/"v7"'],
    ['"x-gzip"', 'gzip', '"x-gzip-gzip"'],
  ])('%s under %s is %s', (etag, contentEncoding, result) => {
    for (const status of [200, 203, 206]) {
      expect(coded({ etag, 'content-encoding': contentEncoding }, { status })).toBe(result);
    }
    for (const method of ['HEAD', 'QUERY']) {
      expect(coded({ etag, 'content-encoding': contentEncoding }, { method })).toBe(result);
    }
  });

  it('without a coding keeps its tag, whatever the client accepts', () => {
    expect(coded({ etag: '"v7"' })).toBe('"v7"');
    expect(coded({ etag: '"v7"', vary: 'Accept-Encoding' })).toBe('"v7"');
  });

  it('without a tag gets none', () => {
    expect(coded({ 'content-encoding': 'gzip' })).toBeNull();
  });

  it.each(['PUT', 'POST', 'PATCH', 'DELETE'])('to a %s is left alone', (method) => {
    expect(coded({ etag: '"v7"', 'content-encoding': 'gzip' }, { method })).toBe('"v7"');
  });
});

describe('§15.5.13 codeTag: what is neither a 2xx nor a 304', () => {
  it.each([301, 404, 412, 428, 500])('a %d keeps its tag: it is the current one, for the next request', (status) => {
    expect(coded({ etag: '"v7"', 'content-encoding': 'gzip' }, { status })).toBe('"v7"');
  });
});

describe('§15.4.5 codeTag: a 304 whose tag nobody has named', () => {
  it('has no coding, whatever its fields say', () => {
    expect(coded({ etag: '"v7"', 'content-encoding': 'gzip' }, { status: 304 })).toBe('"v7"');
    expect(coded({ etag: '"v7"', 'content-encoding': 'gzip', vary: 'Accept-Encoding' }, { status: 304 })).toBe(
      'W/"v7"',
    );
  });

  it.each<[what: string, vary: string | null, accept: Record<string, string>, result: string]>([
    ['varies, and the client accepts a coding', 'Accept-Encoding', GZIP, 'W/"v7"'],
    ['varies by several', 'Origin, accept-encoding', { 'accept-encoding': 'br;q=0.5, *' }, 'W/"v7"'],
    ['does not vary', null, GZIP, '"v7"'],
    ['varies by something else', 'Origin', GZIP, '"v7"'],
    ['varies, and the client accepts no coding', 'Accept-Encoding', {}, '"v7"'],
    ['varies, and the client accepts identity alone', 'Accept-Encoding', { 'accept-encoding': 'identity' }, '"v7"'],
  ])('%s', (_, vary, accept, result) => {
    expect(coded({ etag: '"v7"', ...(vary && { vary }) }, { status: 304, accept })).toBe(result);
  });

  it('keeps a tag that is weak already', () => {
    expect(coded({ etag: 'W/"v7"', vary: 'Accept-Encoding' }, { status: 304 })).toBe('W/"v7"');
  });

  it('without a tag gets none', () => {
    expect(coded({ vary: 'Accept-Encoding' }, { status: 304 })).toBeNull();
  });
});

describe('§12.5.3 acceptsCoding', () => {
  it.each(['gzip', 'gzip, br', 'br;q=1.0', 'identity, gzip', '*', 'Identity;q=0, gzip', ' zstd '])(
    '%j does',
    (value) => {
      expect(acceptsCoding({ method: 'GET', headers: { 'accept-encoding': value } })).toBe(true);
      expect(acceptsCoding({ method: 'GET', headers: new Headers({ 'Accept-Encoding': value }) })).toBe(true);
    },
  );

  it.each(['', ' ', ',', 'identity', 'Identity', ' identity ,'])('%j does not', (value) => {
    expect(acceptsCoding({ method: 'GET', headers: { 'accept-encoding': value } })).toBe(false);
  });

  it('a request without the field is not known to', () => {
    expect(acceptsCoding({ method: 'GET', headers: {} })).toBe(false);
  });
});
