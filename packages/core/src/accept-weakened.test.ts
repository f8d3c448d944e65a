import { describe, expect, it } from 'vitest';
import { checkPreconditions, type EntityTag, evaluatePreconditions, expectation } from './index.ts';

const put = (ifMatch: string) => ({ method: 'PUT', headers: { 'if-match': ifMatch } });

describe('§13.1.1 a tag that a proxy weakened, where the application accepts it', () => {
  it.each<[sent: string, current: EntityTag, accepted: boolean]>([
    ['W/"v7"', '"v7"', true],
    ['W/"v7-gzip"', '"v7"', true],
    ['"v6", W/"v7"', '"v7"', true],
    ['"v7"', '"v7"', true],
    ['W/"v6"', '"v7"', false],
    // A weak tag names content that may differ: it never guards.
    ['W/"v7"', 'W/"v7"', false],
    ['"v7"', 'W/"v7"', false],
    ['w/"v7"', '"v7"', false],
  ])('If-Match: %s, current %s: %s', (sent, etag, accepted) => {
    const { outcome } = evaluatePreconditions(put(sent), { etag }, { acceptWeakened: true });
    expect(outcome).toBe(accepted ? 'proceed' : 'failed');
    const check = () => checkPreconditions(put(sent), { etag }, { acceptWeakened: true });
    if (accepted) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ status: 412 }));
  });

  it('is not accepted by default', () => {
    expect(evaluatePreconditions(put('W/"v7"'), { etag: '"v7"' })).toMatchObject({ outcome: 'failed', reason: 'weak' });
    expect(expectation(put('W/"v7"'))).toEqual({ oneOf: [] });
  });

  it('becomes the expectation of that version', () => {
    expect(expectation(put('W/"v7-gzip", W/"v8"'), { acceptWeakened: true })).toEqual({ oneOf: ['7', '8'] });
  });
});
