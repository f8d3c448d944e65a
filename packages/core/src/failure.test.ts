import { describe, expect, it } from 'vitest';
import type { FailureReason } from './failure.ts';
import { failureAnswer } from './failure.ts';
import {
  type EntityTag,
  evaluatePreconditions,
  type Failure,
  type PreconditionField,
  type ResourceState,
} from './index.ts';

const V7: ResourceState = { etag: '"v7"', lastModified: Date.UTC(2026, 0, 2) };
const DIGEST = '"LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"';

/** What a write is told whose preconditions fail. */
function refusal(headers: Record<string, string>, current: ResourceState | null = V7, method = 'PUT') {
  const request = { method, headers };
  const decision = evaluatePreconditions(request, current);
  expect(decision.outcome).toBe('failed');
  return failureAnswer(request, decision, current);
}

/** For each reason, a request that gives it, and what its detail must and must not say. */
const CASES: {
  title: string;
  headers: Record<string, string>;
  current?: ResourceState | null;
  field: PreconditionField;
  reason: FailureReason;
  says: RegExp;
  saysNot?: RegExp;
}[] = [
  {
    title: 'another version is current',
    headers: { 'if-match': '"v6"' },
    field: 'if-match',
    reason: 'no-match',
    says: /has changed.*Read it again/,
    saysNot: /quotes|does not help/,
  },
  {
    title: 'one version of several, none of them current',
    headers: { 'if-match': '"v5", "v6-gzip"' },
    field: 'if-match',
    reason: 'no-match',
    says: /has changed/,
  },
  {
    title: 'an empty list names nothing',
    headers: { 'if-match': '' },
    field: 'if-match',
    reason: 'no-match',
    says: /does not name the current version/,
  },
  {
    title: 'the current tag, weakened on its way',
    headers: { 'if-match': 'W/"v7"' },
    field: 'if-match',
    reason: 'weak',
    says: /weak tag \(W\/\).*proxy.*does not help/,
    saysNot: /has changed/,
  },
  {
    title: 'a coded form of it, weakened',
    headers: { 'if-match': '"v6", W/"v7-gzip"' },
    field: 'if-match',
    reason: 'weak',
    says: /weak/,
  },
  {
    title: 'the current tag is weak itself',
    headers: { 'if-match': 'W/"v7"' },
    current: { etag: 'W/"v7"' },
    field: 'if-match',
    reason: 'weak',
    says: /never matches/,
  },
  {
    title: 'a tag of the content, where tags are versions',
    headers: { 'if-match': DIGEST },
    field: 'if-match',
    reason: 'no-version',
    says: /tag of the content.*that of the version.*does not help/,
    saysNot: /has changed/,
  },
  {
    title: 'a tag of the content, weakened',
    headers: { 'if-match': `W/${DIGEST}` },
    field: 'if-match',
    reason: 'no-version',
    says: /that of the version/,
  },
  {
    title: 'a version beside a tag of the content',
    headers: { 'if-match': `${DIGEST}, "v6"` },
    field: 'if-match',
    reason: 'no-match',
    says: /has changed/,
  },
  {
    title: 'tags of content throughout',
    headers: { 'if-match': DIGEST },
    current: { etag: '"another"' },
    field: 'if-match',
    reason: 'no-match',
    says: /has changed/,
  },
  {
    title: 'a tag without its quotes',
    headers: { 'if-match': 'v7' },
    field: 'if-match',
    reason: 'malformed',
    says: /^If-Match arrived as `v7`, which is not a list of entity tags.*includes its quotes: "v7"/,
    saysNot: /"v7" is (?:not|wrong|malformed|no )/,
  },
  {
    title: 'a malformed If-None-Match',
    headers: { 'if-none-match': 'v6' },
    field: 'if-none-match',
    reason: 'malformed',
    says: /^If-None-Match arrived as `v6`, which is not a list of entity tags/,
  },
  {
    title: 'what arrived is long, and would be obeyed where it is shown',
    headers: { 'if-match': `\u001b[31m<b>\`\u00e9${'x'.repeat(1000)}` },
    field: 'if-match',
    reason: 'malformed',
    says: /^If-Match arrived as `\?\[31m\?b\?\?\?x{70}`, which/,
  },
  {
    title: 'nothing is there, and a version is named',
    headers: { 'if-match': '"v7"' },
    current: null,
    field: 'if-match',
    reason: 'absent',
    says: /no such resource.*If-None-Match: \*/,
    saysNot: /Read it again/,
  },
  {
    title: 'nothing is there, and something is needed',
    headers: { 'if-match': '*' },
    current: null,
    field: 'if-match',
    reason: 'absent',
    says: /no such resource/,
  },
  {
    title: 'a version that was to be another, in its weak form: If-None-Match compares weakly',
    headers: { 'if-none-match': 'W/"v7"' },
    field: 'if-none-match',
    reason: 'matched',
    says: /^If-None-Match names the current version\.$/,
    saysNot: /weak/,
  },
  {
    title: 'something is there, and nothing is needed',
    headers: { 'if-none-match': '*' },
    field: 'if-none-match',
    reason: 'exists',
    says: /exists already.*ETag in If-Match/,
  },
  {
    title: 'the current version is excluded',
    headers: { 'if-none-match': '"v7-gzip"' },
    field: 'if-none-match',
    reason: 'matched',
    says: /names the current version/,
  },
  {
    title: 'a date before the last change',
    headers: { 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' },
    field: 'if-unmodified-since',
    reason: 'modified',
    says: /before the last change.*Read it again/,
  },
];

describe('§15.5.13 a 412 says what failed and what to do', () => {
  it.each(CASES)('$title: $reason', ({ headers, current, field, reason, says, saysNot }) => {
    const { status, body } = refusal(headers, current);
    expect({ status, body }).toMatchObject({ status: 412, body: { status: 412, field, reason } });
    expect(body?.detail).toMatch(says);
    if (saysNot) expect(body?.detail).not.toMatch(saysNot);
  });

  it('different reasons have different texts', () => {
    const details = new Map(
      CASES.map(({ headers, current, reason }) => [reason, refusal(headers, current).body?.detail]),
    );
    expect(new Set(details.values()).size).toBe(details.size);
  });

  it.each(['v7', 'W/v7', "'v7'", '"v7', 'w/"v7"'])('an unquoted tag is never told that "v7" is wrong: %s', (sent) => {
    const { detail } = refusal({ 'if-match': sent }).body ?? { detail: '' };
    // What it shows in quotes, what arrived aside, is what a tag looks like.
    const rest = detail.replace(`\`${sent}\``, '');
    expect(rest).toContain('A tag includes its quotes: "v7" or W/"v7".');
    expect(rest).not.toContain(`${sent} `);
    expect(rest.indexOf('"v7"')).toBeGreaterThan(rest.indexOf('includes its quotes'));
  });

  it('says what to do next, where that helps', () => {
    expect(refusal({ 'if-match': '"v6"' }).body?.detail).toBe(
      'If-Match does not name the current version: the resource has changed. Read it again, and send its new ETag.',
    );
    expect(refusal({ 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }).body?.detail).toBe(
      'If-Unmodified-Since is before the last change. Read it again, and send its new ETag.',
    );
  });

  it.each<[failure: Failure, detail: string]>([
    [{ field: 'if-match', reason: 'none' }, 'If-Match failed: none.'],
    [{ field: null, reason: 'unmodified' }, 'The precondition failed: unmodified.'],
    [{ field: null, reason: 'malformed' }, 'The precondition arrived as ``, which is not a list of entity tags.'],
  ])('has words for what no decision comes to, as an application may give it: %j', (failure, detail) => {
    const { body } = failureAnswer({ method: 'PUT', headers: { 'if-match': 'x' } }, failure, V7);
    expect(body?.detail.slice(0, detail.length)).toBe(detail);
  });

  it('says nothing of a field where none is known', () => {
    const failure: Failure = { field: null, reason: 'no-match' };
    const { body } = failureAnswer({ method: 'PUT', headers: {} }, failure, V7);
    expect(body).toMatchObject({ field: null, reason: 'no-match', current: '"v7"' });
    expect(body?.detail).toMatch(/^The precondition does not name/);
  });
});

describe('the current tag', () => {
  it.each<[current: ResourceState | null, tag: EntityTag | null]>([
    [V7, '"v7"'],
    [{ etag: 'W/"v7"' }, 'W/"v7"'],
    [{}, null],
    [{ etag: null }, null],
    [null, null],
  ])('of %j is %j, in the content and in the ETag field', (current, tag) => {
    const answer = failureAnswer({ method: 'PUT', headers: {} }, { field: 'if-match', reason: 'no-match' }, current);
    expect(answer.body?.current).toBe(tag);
    expect(answer.headers.etag ?? null).toBe(tag);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });
});

describe('§13.2.1 what would be a 404 stays one', () => {
  it.each<[method: string, status: number]>([
    ['PUT', 412],
    ['POST', 412],
    ['PATCH', 404],
    ['DELETE', 404],
  ])('a %s of what does not exist: %d', (method, status) => {
    expect(refusal({ 'if-match': '"v7"' }, null, method)).toMatchObject({ status, body: { status, reason: 'absent' } });
  });

  it.each(['PATCH', 'DELETE'])('a %s where the state is not known is a 412', (method) => {
    const answer = failureAnswer({ method, headers: {} }, { field: 'if-match', reason: 'malformed' }, {});
    expect(answer.status).toBe(412);
  });
});
