import { describe, expect, it } from 'vitest';
import {
  addValidators,
  type EntityTag,
  type ResourceState,
  removeValidators,
  takeOwnTag,
  takesContentTag,
  takesValidators,
} from './index.ts';

const METHODS = ['GET', 'HEAD', 'QUERY', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'get', ''];
const STATUSES = [
  100, 103, 199, 200, 201, 202, 203, 204, 205, 206, 207, 299, 300, 301, 304, 400, 404, 412, 416, 500, 503,
];

/** A head: what is asked of it is asked of a fetch Response as well. */
const headOf = (fields: Record<string, string> = {}, status = 200) => ({ status, headers: new Headers(fields) });

describe.each(METHODS)('§13.2.1 responses to %j', (method) => {
  const isRead = ['GET', 'HEAD', 'QUERY'].includes(method);

  it('take validators with a 2xx to a read, with a 206 too: preconditions come before Range', () => {
    const taking = isRead ? [200, 201, 202, 203, 204, 205, 206, 207, 299] : [];
    expect(STATUSES.filter((status) => takesValidators(method, status))).toEqual(taking);
  });

  it('get a tag of their content when they have all of it', () => {
    const taking = isRead ? [200, 201, 202, 203, 207, 299] : [];
    expect(STATUSES.filter((status) => takesContentTag(method, headOf({}, status)))).toEqual(taking);
  });
});

describe('takesContentTag', () => {
  it('takes a fetch Response as it is', () => {
    expect(takesContentTag('GET', new Response('a'))).toBe(true);
    expect(takesContentTag('GET', new Response('a', { headers: { etag: '"v7"' } }))).toBe(false);
  });

  it.each(['"v7"', 'W/"v7"', 'v7', ''])('§8.8.3 not where the application has set one, whatever it is: %j', (etag) => {
    expect(takesContentTag('GET', headOf({ etag }))).toBe(false);
  });

  it.each([
    'no-store',
    'No-Store',
    'NO-STORE',
    'private, no-store',
    'no-store,max-age=0',
    ' no-store ',
    'a="b",no-store',
  ])('RFC 9111 §5.2.2.5 not with Cache-Control: %j', (cacheControl) => {
    expect(takesContentTag('GET', headOf({ 'cache-control': cacheControl }))).toBe(false);
  });

  it.each(['', 'no-cache', 'private, max-age=0', 'must-revalidate', 'nostore', 'no-stored'])(
    'but with Cache-Control: %j',
    (cacheControl) => {
      expect(takesContentTag('GET', headOf({ 'cache-control': cacheControl }))).toBe(true);
    },
  );

  it.each([
    'text/event-stream',
    'Text/Event-Stream',
    'text/event-stream; charset=utf-8',
    'text/event-stream;charset=utf-8',
  ])('not with Content-Type: %j, which does not end', (contentType) => {
    expect(takesContentTag('GET', headOf({ 'content-type': contentType }))).toBe(false);
  });

  it.each(['', 'text/html', 'text/events'])('but with Content-Type: %j', (contentType) => {
    expect(takesContentTag('GET', headOf({ 'content-type': contentType }))).toBe(true);
  });
});

describe('§8.8.3 takeOwnTag', () => {
  it.each<[etag: string, own: EntityTag | null]>([
    ['"v7"', '"v7"'],
    ['W/"v7"', 'W/"v7"'],
    [' "v7" ', '"v7"'],
    ['""', '""'],
  ])('%j is the tag, and stays', (etag, own) => {
    const { headers } = headOf({ etag });
    expect(takeOwnTag(headers)).toBe(own);
    expect(headers.get('etag')).toBe(etag.trim());
  });

  it.each(['v7', 'W/v7', '', '*', '"v6", "v7"', '"a b"', 'undefined'])('%j is not one, and is removed', (etag) => {
    const { headers } = headOf({ etag, 'x-kept': '1' });
    expect(takeOwnTag(headers)).toBeNull();
    expect(Object.fromEntries(headers)).toEqual({ 'x-kept': '1' });
  });

  it('is null where there is none', () => {
    expect(takeOwnTag(new Headers())).toBeNull();
  });
});

const STATE: ResourceState = { etag: '"v7"', lastModified: Date.UTC(1994, 9, 29, 19, 43, 31, 500) };
const FIELDS = { etag: '"v7"', 'last-modified': 'Sat, 29 Oct 1994 19:43:31 GMT' };

describe('§8.8 addValidators', () => {
  const added = (method: string, status: number, state: ResourceState | null, fields: Record<string, string> = {}) => {
    const head = headOf(fields, status);
    addValidators(method, head, state);
    return Object.fromEntries(head.headers);
  };

  it.each([200, 203, 206, 304])('gives a %d to a read both', (status) => {
    for (const method of ['GET', 'HEAD', 'QUERY']) expect(added(method, status, STATE)).toEqual(FIELDS);
  });

  it.each([301, 404, 412, 500])('gives a %d none', (status) => {
    expect(added('GET', status, STATE)).toEqual({});
  });

  it.each(['PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS'])('gives the response to a %s none', (method) => {
    expect(added(method, 200, STATE)).toEqual({});
  });

  it('leaves those of the handler in place', () => {
    expect(added('GET', 200, STATE, { etag: '"own"' })).toEqual({ ...FIELDS, etag: '"own"' });
    const date = { 'last-modified': 'Sat, 29 Oct 1994 19:43:32 GMT' };
    expect(added('GET', 200, STATE, date)).toEqual({ ...FIELDS, ...date });
  });

  it.each([null, {}, { etag: null, lastModified: null }])('adds nothing of %j', (state) => {
    expect(added('GET', 200, state)).toEqual({});
  });

  it('sets both or neither: a tag does not leave with an error that a broken time causes', () => {
    const head = headOf();
    const state = { etag: '"v7"', lastModified: new Date(Number.NaN) } as const;
    expect(() => addValidators('GET', head, state)).toThrow(TypeError);
    expect(Object.fromEntries(head.headers)).toEqual({});
  });
});

describe('removeValidators', () => {
  it('takes back what was added', () => {
    const head = headOf({ 'x-kept': '1' });
    addValidators('GET', head, STATE);
    removeValidators(head.headers, STATE);
    expect(Object.fromEntries(head.headers)).toEqual({ 'x-kept': '1' });
  });

  it('leaves what the application set instead', () => {
    const own = { etag: '"own"', 'last-modified': 'Sat, 29 Oct 1994 19:43:32 GMT' };
    const { headers } = headOf(own);
    removeValidators(headers, STATE);
    expect(Object.fromEntries(headers)).toEqual(own);
  });

  it.each([{}, { etag: null, lastModified: null }])('has nothing to take back of %j', (state) => {
    const { headers } = headOf(FIELDS);
    removeValidators(headers, state);
    expect(Object.fromEntries(headers)).toEqual(FIELDS);
  });
});
