import { describe, expect, it } from 'vitest';
import { UNCONDITIONAL } from './decision.ts';
import { type EntityTag, type ReadDecision, type ResourceState, toNotModified } from './index.ts';

const KEPT = [
  'cache-control',
  'cdn-cache-control',
  'surrogate-control',
  'content-location',
  'date',
  'expires',
  'vary',
  'age',
  'set-cookie',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
  'content-security-policy',
  'strict-transport-security',
  'link',
  'server-timing',
  'retry-after',
  'accept-ranges',
  'allow',
  'x-request-id',
  'x-content-type',
  'x-content-length',
  'x-content-type-options',
  'x-trailer',
];

const LOST = [
  'digest',
  'x-accel-redirect',
  'x-sendfile',
  'content-type',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-digest',
  'content-disposition',
  'content-md5',
  'repr-digest',
  'transfer-encoding',
  'trailer',
];

/** What the preconditions of a read came to: a 304. */
function readOf(state: ResourceState, form: EntityTag | null = null): ReadDecision {
  return {
    state,
    decision: { outcome: 'not-modified', field: 'if-none-match', reason: 'matched', form },
    isSettled: true,
  };
}

/** The fields after the response became a 304. */
function notModified(
  fields: Record<string, string>,
  state: ResourceState = {},
  form: EntityTag | null = null,
): Record<string, string> {
  const headers = new Headers(fields);
  toNotModified(headers, readOf(state, form));
  return Object.fromEntries(headers);
}

describe('§15.4.5 the fields of a 304', () => {
  it.each(KEPT)('%s stays', (name) => {
    expect(notModified({ [name]: 'a' })).toEqual({ [name]: 'a' });
  });

  it.each(LOST)('%s does not', (name) => {
    expect(notModified({ [name]: 'a' })).toEqual({});
  });

  it('are told by their names in any case, as a framework may keep them', () => {
    const fields = new Map([...KEPT, ...LOST].map((name) => [name.toUpperCase(), 'a']));
    const headers = {
      get: (name: string) => fields.get(name.toUpperCase()) ?? null,
      set: (name: string, value: string) => void fields.set(name.toUpperCase(), value),
      delete: (name: string) => void fields.delete(name.toUpperCase()),
      keys: () => fields.keys(),
    };
    toNotModified(headers, readOf({}));
    expect([...fields.keys()]).toEqual(KEPT.map((name) => name.toUpperCase()));
  });

  it('keep each cookie', () => {
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['content-type', 'text/plain'],
      ['set-cookie', 'b=2'],
    ]);
    toNotModified(headers, readOf({}));
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });
});

describe('a policy with a nonce would block the scripts of the stored page', () => {
  const nonce = "script-src 'nonce-599a'";

  it.each(['content-security-policy', 'content-security-policy-report-only'])('%s with one does not stay', (name) => {
    expect(notModified({ [name]: nonce })).toEqual({});
    expect(notModified({ [name]: "default-src 'self'; script-src 'self' 'NONCE-599a' https:" })).toEqual({});
    expect(notModified({ [name]: `default-src 'self', ${nonce}` })).toEqual({});
  });

  it.each(["default-src 'self'", "script-src 'sha256-nonce'", 'script-src https://a.example/nonce-1', ''])(
    'without one it does: %j',
    (policy) => {
      expect(notModified({ 'content-security-policy': policy })).toEqual({ 'content-security-policy': policy });
    },
  );

  it('another field that looks like one stays', () => {
    expect(notModified({ 'x-content-security-policy': nonce, link: nonce })).toEqual({
      'x-content-security-policy': nonce,
      link: nonce,
    });
  });
});

describe('§15.4.5, RFC 9111 §4.3.4 the validators of a 304', () => {
  const lastModified = Date.UTC(1994, 9, 29, 19, 43, 31);
  const date = 'Sat, 29 Oct 1994 19:43:31 GMT';

  it('are those of the state', () => {
    expect(notModified({}, { etag: '"v7"', lastModified })).toEqual({ etag: '"v7"', 'last-modified': date });
    expect(notModified({}, { lastModified: new Date(lastModified) })).toEqual({ 'last-modified': date });
    expect(notModified({ etag: '"v7"' }, {})).toEqual({ etag: '"v7"' });
  });

  it('are the form that the client named, not what stood on the response', () => {
    const fields = notModified({ etag: '"v7"' }, { etag: '"v7"' }, '"v7-gzip"');
    expect(fields.etag).toBe('"v7-gzip"');
    expect(notModified({ etag: '"v7-br"' }, { etag: '"v7"' }).etag).toBe('"v7"');
  });

  it.each<[string, ReadDecision | null]>([
    ['nothing was evaluated', null],
    ['the preconditions let it through', { ...readOf({ etag: '"v7"' }), decision: UNCONDITIONAL }],
  ])('are its own where the handler made it, and %s', (_, read) => {
    for (const fields of [{}, { etag: '"own"' }]) {
      const headers = new Headers({ ...fields, 'content-type': 'text/plain' });
      toNotModified(headers, read);
      expect(Object.fromEntries(headers)).toEqual(fields);
    }
  });

  it('leave the date of the response in place', () => {
    expect(notModified({ 'last-modified': date }, { etag: '"v7"', lastModified: 0 })['last-modified']).toBe(date);
  });

  it.each<[form: EntityTag, vary: string | undefined, result: string]>([
    ['"v7-gzip"', undefined, 'Accept-Encoding'],
    ['W/"v7"', undefined, 'Accept-Encoding'],
    ['"v7-br"', 'Origin', 'Origin, Accept-Encoding'],
    ['"v7-br"', 'accept-encoding', 'accept-encoding'],
    ['"v7-br"', '*', '*'],
  ])('§12.5.5 vary by coding where a coded form was named: %s', (form, vary, result) => {
    expect(notModified(vary ? { vary } : {}, { etag: '"v7"' }, form).vary).toBe(result);
  });

  it('do not vary by coding for the tag itself', () => {
    expect(notModified({}, { etag: '"v7"' })).toEqual({ etag: '"v7"' });
  });
});
