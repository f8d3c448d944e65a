import { describe, expect, it } from 'vitest';
import { evaluatePreconditions, type PreconditionField, type Reason } from './index.ts';

const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';
const EARLIER = 'Sun, 06 Nov 1994 08:49:36 GMT';
const CURRENT = { etag: '"v7"', lastModified: Date.UTC(1994, 10, 6, 8, 49, 37) } as const;

it.each([
  [199, 'proceed'],
  [200, 'not-modified'],
  [299, 'not-modified'],
  [300, 'proceed'],
  [411, 'proceed'],
  [412, 'not-modified'],
  [413, 'proceed'],
])('§13.2.1 where the status would be %d, If-None-Match with the current tag comes to %s', (status, outcome) => {
  const request = { method: 'GET', headers: { 'if-none-match': '"v7"' } };
  expect(evaluatePreconditions(request, { etag: '"v7"' }, { status }).outcome).toBe(outcome);
});

describe('§13.2.1 methods', () => {
  it.each(['OPTIONS', 'TRACE', 'CONNECT'])('%s ignores preconditions, whatever they say', (method) => {
    for (const headers of [{ 'if-match': '"v6"' }, { 'if-none-match': '*' }, { 'if-unmodified-since': EARLIER }]) {
      expect(evaluatePreconditions({ method, headers }, CURRENT)).toMatchObject({ outcome: 'proceed', reason: 'none' });
    }
  });

  it.each(['GET', 'HEAD', 'QUERY', 'PUT', 'POST', 'PATCH', 'DELETE', 'get', 'MKCOL'])('%s obeys them', (method) => {
    expect(evaluatePreconditions({ method, headers: { 'if-match': '"v6"' } }, CURRENT).outcome).toBe('failed');
  });
});

describe('§13.2.2 precedence', () => {
  it.each<
    [method: string, headers: Record<string, string>, outcome: string, field: PreconditionField | null, reason: Reason]
  >([
    ['GET', {}, 'proceed', null, 'none'],
    // Step 1 before step 2
    ['PUT', { 'if-match': '"v7"', 'if-unmodified-since': EARLIER }, 'proceed', 'if-match', 'matched'],
    ['PUT', { 'if-match': '"v6"', 'if-unmodified-since': DATE }, 'failed', 'if-match', 'no-match'],
    // What guards before what saves: a 412 wins over a 304.
    ['GET', { 'if-match': '"v6"', 'if-none-match': '"v7"' }, 'failed', 'if-match', 'no-match'],
    ['GET', { 'if-unmodified-since': EARLIER, 'if-none-match': '"v7"' }, 'failed', 'if-unmodified-since', 'modified'],
    ['GET', { 'if-match': '"v6"', 'if-modified-since': DATE }, 'failed', 'if-match', 'no-match'],
    // Both are evaluated where the first one holds.
    ['GET', { 'if-match': '"v7"', 'if-none-match': '"v7"' }, 'not-modified', 'if-none-match', 'matched'],
    ['PUT', { 'if-match': '"v7"', 'if-none-match': '"v7"' }, 'failed', 'if-none-match', 'matched'],
    ['GET', { 'if-match': '"v7"', 'if-modified-since': DATE }, 'not-modified', 'if-modified-since', 'unmodified'],
    // Step 3 before step 4
    ['GET', { 'if-none-match': '"v6"', 'if-modified-since': DATE }, 'proceed', 'if-none-match', 'no-match'],
    ['GET', { 'if-none-match': '"v7"', 'if-modified-since': EARLIER }, 'not-modified', 'if-none-match', 'matched'],
    // §13.1.3: only a read
    ['PUT', { 'if-modified-since': DATE }, 'proceed', null, 'none'],
    ['PUT', { 'if-match': '"v7"', 'if-modified-since': DATE }, 'proceed', 'if-match', 'matched'],
    // A value that is not a date decides nothing.
    ['GET', { 'if-modified-since': 'yesterday' }, 'proceed', null, 'none'],
    ['PUT', { 'if-unmodified-since': 'yesterday' }, 'proceed', null, 'none'],
    ['GET', { 'if-modified-since': EARLIER }, 'proceed', 'if-modified-since', 'modified'],
    ['GET', { 'if-none-match': 'v7' }, 'proceed', 'if-none-match', 'malformed'],
    ['PUT', { 'if-none-match': 'v7' }, 'failed', 'if-none-match', 'malformed'],
  ])('%s %j: %s by %s, %s', (method, headers, outcome, field, reason) => {
    expect(evaluatePreconditions({ method, headers }, CURRENT)).toEqual({ outcome, field, reason, form: null });
  });

  it.each<[method: string, headers: Record<string, string>, outcome: string, reason: Reason]>([
    ['PUT', { 'if-match': '"v7"' }, 'failed', 'absent'],
    ['PUT', { 'if-match': '""' }, 'failed', 'absent'],
    ['PUT', { 'if-match': '*' }, 'failed', 'absent'],
    ['PUT', { 'if-match': 'v7' }, 'failed', 'malformed'],
    ['PUT', { 'if-none-match': '*' }, 'proceed', 'absent'],
    ['PUT', { 'if-none-match': '"v7"' }, 'proceed', 'absent'],
    ['PUT', { 'if-none-match': '""' }, 'proceed', 'absent'],
    ['PUT', { 'if-none-match': 'v7' }, 'failed', 'malformed'],
    ['GET', { 'if-none-match': '*' }, 'proceed', 'absent'],
    ['GET', { 'if-none-match': '"v7"' }, 'proceed', 'absent'],
    ['PUT', { 'if-unmodified-since': DATE }, 'proceed', 'none'],
    ['GET', { 'if-modified-since': DATE }, 'proceed', 'none'],
  ])('of what does not exist, %s %j: %s, %s', (method, headers, outcome, reason) => {
    expect(evaluatePreconditions({ method, headers }, null)).toMatchObject({ outcome, reason });
  });

  it.each<[method: string, headers: Record<string, string>, outcome: string, reason: Reason]>([
    ['PUT', { 'if-match': '""' }, 'failed', 'no-match'],
    ['PUT', { 'if-match': '*' }, 'proceed', 'exists'],
    ['PUT', { 'if-none-match': '""' }, 'proceed', 'no-match'],
    ['GET', { 'if-none-match': '""' }, 'proceed', 'no-match'],
    ['GET', { 'if-none-match': '*' }, 'not-modified', 'exists'],
    ['PUT', { 'if-none-match': '*' }, 'failed', 'exists'],
  ])('of what has no tag, %s %j: %s, %s', (method, headers, outcome, reason) => {
    expect(evaluatePreconditions({ method, headers }, {})).toMatchObject({ outcome, reason });
  });
});
