import { describe, expect, expectTypeOf, test } from 'vitest';
import { absent, any, guard, oneOf } from './expectation.js';
import { type DeleteOutcome, type Outcome, type PutOutcome, type ReplaceOutcome, refused, toHttp } from './outcome.js';

const NOON = Date.UTC(2026, 0, 2, 12);
const stored = { version: '8', modified: NOON, value: { text: 'a' } };
const current = { version: '8', modified: NOON };
const request = (method: string, headers: Record<string, string> = { 'if-match': '"v7"' }) => ({ method, headers });
const validators = { etag: '"v8"', 'last-modified': 'Fri, 02 Jan 2026 12:00:00 GMT' };

type Kind = Outcome<unknown>['kind'];
const outcomes: { [K in Kind]: Outcome<{ text: string }> & { kind: K } } = {
  created: { kind: 'created', ...stored },
  updated: { kind: 'updated', ...stored },
  'already-applied': { kind: 'already-applied', ...stored },
  deleted: { kind: 'deleted' },
  stale: { kind: 'stale', current },
  exists: { kind: 'exists', current },
  missing: { kind: 'missing' },
  contended: { kind: 'contended' },
};

describe('toHttp', () => {
  test.each<[kind: Kind, put: number, post: number, patch: number, del: number]>([
    ['created', 201, 201, 201, 201],
    ['updated', 200, 200, 200, 200],
    ['already-applied', 200, 200, 200, 200],
    ['deleted', 204, 204, 204, 204],
    ['stale', 412, 412, 412, 412],
    ['exists', 412, 412, 412, 412],
    ['missing', 412, 412, 404, 404],
    ['contended', 503, 503, 503, 503],
  ])('%s: PUT %i, POST %i, PATCH %i, DELETE %i', (kind, ...statuses) => {
    const got = ['PUT', 'POST', 'PATCH', 'DELETE'].map((method) => toHttp(outcomes[kind], request(method)).status);
    expect(got).toEqual(statuses);
  });

  test.each(['created', 'updated', 'already-applied'] as const)('§9.3.4 %s: a PUT carries no validator', (kind) => {
    const { headers, body } = toHttp(outcomes[kind], request('PUT'));
    expect(headers).toEqual({ 'content-type': 'application/json' });
    expect(body).toBe(stored.value);
  });

  test.each(['created', 'updated', 'already-applied'] as const)('§9.3.4 %s: unless stored as sent', (kind) => {
    expect(toHttp(outcomes[kind], request('PUT'), { storedAsSent: true }).headers).toMatchObject(validators);
  });

  test.each(['PATCH', 'POST'])('%s carries the validators of what it returns', (method) => {
    expect(toHttp(outcomes.updated, request(method)).headers).toMatchObject(validators);
  });

  test('a store that keeps no modification time gives no Last-Modified', () => {
    const { headers } = toHttp({ kind: 'updated', version: '8', value: 1 }, request('PATCH'));
    expect(headers).toEqual({ 'content-type': 'application/json', etag: '"v8"' });
  });

  test('a deletion has no content', () => {
    expect(toHttp(outcomes.deleted, request('DELETE'))).toEqual({ status: 204, headers: {}, body: null });
  });

  test.each<[title: string, headers: Record<string, string>, field: string, reason: string]>([
    ['a version that is not current', { 'if-match': '"v7"' }, 'if-match', 'no-match'],
    ['the current one, but weak', { 'if-match': 'W/"v8"' }, 'if-match', 'weak'],
    ['a version excluded', { 'if-none-match': '"v8"' }, 'if-none-match', 'matched'],
    ['a coded one excluded', { 'if-none-match': '"v8-gzip"' }, 'if-none-match', 'matched'],
    ['a date', { 'if-unmodified-since': 'Fri, 02 Jan 2026 11:59:59 GMT' }, 'if-unmodified-since', 'modified'],
    ['anything', { 'if-none-match': '*' }, 'if-none-match', 'exists'],
  ])('the 412 says which field failed and why: %s', (_, headers, field, reason) => {
    const head = request('PUT', headers);
    const answer = toHttp(refused(guard(head), current), head);
    expect(answer).toMatchObject({
      status: 412,
      headers: { 'content-type': 'application/problem+json', etag: '"v8"' },
      body: { status: 412, field, reason, current: '"v8"' },
    });
  });

  test('the 412 to a PUT of what is missing names no tag', () => {
    const { status, headers, body } = toHttp(outcomes.missing, request('PUT'));
    expect({ status, body }).toMatchObject({
      status: 412,
      body: { field: 'if-match', reason: 'absent', current: null },
    });
    expect(headers).not.toHaveProperty('etag');
  });

  test.each(['PATCH', 'DELETE'])('§13.2.1 the 404 to a %s of what is missing', (method) => {
    const { status, body } = toHttp(outcomes.missing, request(method));
    expect({ status, body }).toMatchObject({ status: 404, body: { status: 404, reason: 'absent', current: null } });
  });

  test.each<[kind: 'stale' | 'exists' | 'missing', reason: string, tag: string | null]>([
    ['stale', 'no-match', '"v8"'],
    ['exists', 'exists', '"v8"'],
    ['missing', 'absent', null],
  ])('%s, where the expectation did not come from the fields, blames none', (kind, reason, tag) => {
    const { status, body } = toHttp(outcomes[kind], request('PUT', {}));
    expect({ status, body }).toMatchObject({ status: 412, body: { field: null, reason, current: tag } });
  });

  test('a contended write asks to come again in a second', () => {
    expect(toHttp(outcomes.contended, request('PATCH'))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
      body: { reason: 'contended' },
    });
  });
});

test('refused classifies by what is stored and what was expected', () => {
  expect(refused(any, null)).toEqual({ kind: 'missing' });
  expect(refused(oneOf('7'), stored)).toEqual({ kind: 'stale', current });
  expect(refused(absent, stored)).toEqual({ kind: 'exists', current });
});

test('each operation has the outcomes that it can come to', () => {
  expectTypeOf<PutOutcome<1>['kind']>().toEqualTypeOf<
    'created' | 'updated' | 'stale' | 'exists' | 'missing' | 'contended'
  >();
  expectTypeOf<DeleteOutcome['kind']>().toEqualTypeOf<'deleted' | 'stale' | 'exists' | 'missing' | 'contended'>();
  expectTypeOf<ReplaceOutcome<1>['kind']>().toEqualTypeOf<PutOutcome<1>['kind'] | 'already-applied'>();
  expectTypeOf<Outcome<1>['kind']>().toEqualTypeOf<ReplaceOutcome<1>['kind'] | 'deleted'>();
});
