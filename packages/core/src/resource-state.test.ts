import { describe, expect, it } from 'vitest';
import { type EntityTag, evaluatePreconditions, evaluateRange } from './index.js';

const UNQUOTED = ['v7', 'W/v7', '', '"v7', 'v7"', 'w/"v7"', "'v7'"] as string[] as EntityTag[];

describe('§8.8.3 the mistake of a caller: a current tag that is none', () => {
  it.each(UNQUOTED)('throws a TypeError that names it: %j', (etag) => {
    for (const headers of [{ 'if-match': '"v7"' }, { 'if-none-match': '"v7"' }]) {
      const run = () => evaluatePreconditions({ method: 'PUT', headers }, { etag });
      expect(run).toThrow(TypeError);
      expect(run).toThrow(JSON.stringify(etag));
    }
    const range = { method: 'GET', headers: { range: 'bytes=0-1', 'if-range': '"v7"' } };
    expect(() => evaluateRange(range, { etag }, 10)).toThrow(TypeError);
  });

  it('throws whatever the peer sent', () => {
    for (const value of ['"v7"', 'v7', '', '"a", "b"', 'W/"v7"']) {
      const run = () =>
        evaluatePreconditions({ method: 'GET', headers: { 'if-none-match': value } }, { etag: UNQUOTED[0] });
      expect(run, value).toThrow(TypeError);
    }
  });
});

describe('§8.8.2 a modification time', () => {
  const second = Date.UTC(2026, 0, 2, 3, 4, 5);
  const unmodifiedSince = (lastModified: Date | number | null | undefined) =>
    evaluatePreconditions(
      { method: 'PUT', headers: { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' } },
      { lastModified },
    );

  it.each([second, second + 999, new Date(second), new Date(second + 999)])(
    'is cut to its second: %s',
    (lastModified) => {
      expect(unmodifiedSince(lastModified)).toMatchObject({ outcome: 'proceed', reason: 'unmodified' });
    },
  );

  it.each([second + 1000, new Date(second + 1000)])('is later from the next second on: %s', (lastModified) => {
    expect(unmodifiedSince(lastModified)).toMatchObject({ outcome: 'failed', reason: 'modified' });
  });

  it.each([null, undefined, Number.NaN, new Date(Number.NaN)])('that is none decides nothing: %s', (lastModified) => {
    expect(unmodifiedSince(lastModified)).toMatchObject({ outcome: 'proceed', field: null, reason: 'none' });
  });
});
