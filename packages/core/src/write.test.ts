import { describe, expect, it } from 'vitest';
import { checkPreconditions, type EntityTag, type ResourceState, requirePrecondition } from './index.ts';

const UNSAFE = ['PUT', 'POST', 'PATCH', 'DELETE'];
const CURRENT: ResourceState = { etag: '"v7"', lastModified: Date.UTC(1994, 10, 6, 8, 49, 37) };
const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';

const code = (code: string, status: number) => expect.objectContaining({ code, status });
const REQUIRED = code('ETAG_PRECONDITION_REQUIRED', 428);
const FAILED = code('ETAG_PRECONDITION_FAILED', 412);
const GONE = code('ETAG_PRECONDITION_FAILED', 404);

describe('RFC 6585 §3 requirePrecondition', () => {
  const absent: [name: string, headers: Record<string, string | string[]>][] = [
    ['nothing', {}],
    ['a date alone', { 'if-unmodified-since': DATE }],
    ['the other date alone', { 'if-modified-since': DATE }],
    ['an empty If-Match', { 'if-match': '' }],
    ['an empty If-None-Match', { 'if-none-match': '' }],
    ['a list of empty elements', { 'if-match': ' ,\t,', 'if-none-match': ',' }],
    ['both empty, and a date', { 'if-match': '', 'if-none-match': '', 'if-unmodified-since': DATE }],
    ['If-Range', { 'if-range': '"v7"' }],
  ];
  const present: [name: string, headers: Record<string, string | string[]>][] = [
    ['If-Match', { 'if-match': '"v7"' }],
    ['If-None-Match', { 'if-none-match': '*' }],
    ['If-None-Match beside an empty If-Match', { 'if-match': '', 'if-none-match': '*' }],
    ['an If-Match that will fail', { 'if-match': 'v7' }],
    ['repeated lines', { 'if-match': ['"v6"', '"v7"'] }],
  ];

  it.each(absent)('refuses with 428: %s', (_, headers) => {
    for (const method of UNSAFE) expect(() => requirePrecondition({ method, headers })).toThrow(REQUIRED);
    expect(() =>
      requirePrecondition({ method: 'PUT', headers: new Headers(headers as Record<string, string>) }),
    ).toThrow(REQUIRED);
  });

  it.each(present)('lets through: %s', (_, headers) => {
    for (const method of UNSAFE) expect(() => requirePrecondition({ method, headers })).not.toThrow();
  });

  it.each(['OPTIONS', 'TRACE', 'CONNECT'])('§13.2.1 asks nothing of %s', (method) => {
    expect(() => requirePrecondition({ method, headers: {} })).not.toThrow();
  });
});

describe('§13.1 checkPreconditions', () => {
  it.each(UNSAFE)('%s: passes what holds, refuses what does not', (method) => {
    const check = (headers: Record<string, string>) => () => checkPreconditions({ method, headers }, CURRENT);
    expect(check({})).not.toThrow();
    expect(check({ 'if-match': '"v7"' })).not.toThrow();
    expect(check({ 'if-unmodified-since': DATE })).not.toThrow();
    expect(check({ 'if-match': '"v6"' })).toThrow(FAILED);
    expect(check({ 'if-match': 'v7' })).toThrow(FAILED);
    expect(check({ 'if-match': '' })).toThrow(FAILED);
    expect(check({ 'if-none-match': '*' })).toThrow(FAILED);
  });

  it('names the field, the reason and the current tag', () => {
    const run = () => checkPreconditions({ method: 'PUT', headers: { 'if-match': '"v6"' } }, CURRENT);
    expect(run).toThrow(
      expect.objectContaining({
        decision: expect.objectContaining({ outcome: 'failed', field: 'if-match', reason: 'no-match' }),
        current: '"v7"',
      }),
    );
  });

  it.each([
    ['PUT', FAILED],
    ['POST', FAILED],
    ['PATCH', GONE],
    ['DELETE', GONE],
  ])('§13.2.1 %s of what does not exist', (method, refusal) => {
    const check = (headers: Record<string, string>) => () => checkPreconditions({ method, headers }, null);
    expect(check({ 'if-match': '"v7"' })).toThrow(refusal);
    expect(check({ 'if-match': '*' })).toThrow(refusal);
    expect(check({ 'if-none-match': '*' })).not.toThrow();
    expect(check({})).not.toThrow();
  });

  it('requires a precondition when told to, before it looks at the resource', () => {
    const check = (headers: Record<string, string>, current: ResourceState | null) => () =>
      checkPreconditions({ method: 'PUT', headers }, current, { require: true });
    expect(check({}, CURRENT)).toThrow(REQUIRED);
    expect(check({}, null)).toThrow(REQUIRED);
    expect(check({ 'if-unmodified-since': DATE }, CURRENT)).toThrow(REQUIRED);
    expect(check({ 'if-match': '' }, CURRENT)).toThrow(REQUIRED);
    expect(check({ 'if-match': '"v7"' }, CURRENT)).not.toThrow();
    expect(check({ 'if-match': '"v6"' }, CURRENT)).toThrow(FAILED);
    expect(check({ 'if-none-match': '*' }, null)).not.toThrow();
  });

  it.each([{ require: false }, { require: undefined }, {}, undefined])('requires none otherwise: %j', (options) => {
    expect(() => checkPreconditions({ method: 'PUT', headers: {} }, CURRENT, options)).not.toThrow();
  });

  it('leaves a 304 to those who read', () => {
    const request = { method: 'GET', headers: { 'if-none-match': '"v7"' } };
    expect(() => checkPreconditions(request, CURRENT)).not.toThrow();
  });
});

describe('§8.8.3.3 the tag of a coded representation', () => {
  const check = (field: string, value: string, etag: EntityTag) => () =>
    checkPreconditions({ method: 'PUT', headers: { [field]: value } }, { etag });

  it.each(['gzip', 'br', 'zstd', 'deflate'])('guards a write like the plain one: %s', (coding) => {
    expect(check('if-match', `"v7-${coding}"`, '"v7"')).not.toThrow();
    expect(check('if-match', `"v6", "v7-${coding}"`, '"v7"')).not.toThrow();
    expect(check('if-match', `"v7-${coding}"`, '"v8"')).toThrow(FAILED);
    expect(check('if-none-match', `"v7-${coding}"`, '"v7"')).toThrow(FAILED);
    expect(check('if-none-match', `"v7-${coding}"`, '"v8"')).not.toThrow();
  });

  it('guards nothing once it is weak', () => {
    expect(check('if-match', 'W/"v7"', '"v7"')).toThrow(FAILED);
    expect(check('if-match', 'W/"v7-gzip"', '"v7"')).toThrow(FAILED);
    expect(check('if-match', '"v7-gzip"', 'W/"v7"')).toThrow(FAILED);
  });

  it('reports the tag of the resource, not the one that was named', () => {
    expect(check('if-none-match', '"v7-gzip"', '"v7"')).toThrow(expect.objectContaining({ current: '"v7"' }));
  });

  it('guards beside a weakened one, in any order', () => {
    expect(check('if-match', '"v7-gzip", W/"v7"', '"v7"')).not.toThrow();
    expect(check('if-match', 'W/"v7", "v7-gzip"', '"v7"')).not.toThrow();
  });

  it('fails If-None-Match whatever form If-Match names', () => {
    const headers = { 'if-match': '"v7-gzip"', 'if-none-match': '"v7"' };
    expect(() => checkPreconditions({ method: 'PUT', headers }, { etag: '"v7"' })).toThrow(FAILED);
  });
});
