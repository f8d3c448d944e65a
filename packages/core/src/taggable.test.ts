import { describe, expect, it } from 'vitest';
import { isConditional, isTaggable } from './index.js';

const METHODS = ['GET', 'HEAD', 'QUERY', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'get', ''];
const STATUSES = [
  100, 103, 199, 200, 201, 202, 203, 204, 205, 206, 207, 299, 300, 301, 304, 400, 404, 412, 416, 500, 503,
];
const PLAIN = { cacheControl: null, contentType: 'application/json' };

describe.each(METHODS)('§13.2.1 responses to %j', (method) => {
  const safe = ['GET', 'HEAD', 'QUERY'].includes(method);

  it('are conditional with a 2xx when the method is safe, with a 206 too: preconditions come before Range', () => {
    const conditional = safe ? [200, 201, 202, 203, 204, 205, 206, 207, 299] : [];
    expect(STATUSES.filter((status) => isConditional(method, status))).toEqual(conditional);
  });

  it('get a tag of their content when they have all of it', () => {
    const taggable = safe ? [200, 201, 202, 203, 207, 299] : [];
    expect(STATUSES.filter((status) => isTaggable(method, { status, ...PLAIN }))).toEqual(taggable);
  });
});

describe('RFC 9111 §5.2.2.5 no-store', () => {
  it.each([
    'no-store',
    'No-Store',
    'NO-STORE',
    'private, no-store',
    'no-store,max-age=0',
    ' no-store ',
    'a="b",no-store',
  ])('%j gets no tag', (cacheControl) => {
    expect(isTaggable('GET', { ...PLAIN, status: 200, cacheControl })).toBe(false);
  });

  it.each([null, undefined, '', 'no-cache', 'private, max-age=0', 'must-revalidate', 'nostore', 'no-stored'])(
    '%j gets one',
    (cacheControl) => {
      expect(isTaggable('GET', { ...PLAIN, status: 200, cacheControl })).toBe(true);
    },
  );
});

describe('§8.3.1 event streams', () => {
  it.each([
    'text/event-stream',
    'Text/Event-Stream',
    'text/event-stream; charset=utf-8',
    'text/event-stream;charset=utf-8',
  ])('%j gets no tag', (contentType) => {
    expect(isTaggable('GET', { ...PLAIN, status: 200, contentType })).toBe(false);
  });

  it.each([null, undefined, '', 'text/html', 'text/events'])('%j gets one', (contentType) => {
    expect(isTaggable('GET', { ...PLAIN, status: 200, contentType })).toBe(true);
  });
});
