import { describe, expect, it } from 'vitest';
import { type ByteRange, evaluateRange, type ResourceState } from './index.ts';

const decide = (range: string, completeLength = 1000, method = 'GET') =>
  evaluateRange({ method, headers: { range } }, {}, completeLength);

describe('§14.1.2 a byte range', () => {
  it.each<[range: string, ...ranges: [start: number, end: number][]]>([
    ['bytes=0-499', [0, 499]],
    ['BYTES=500-999', [500, 999]],
    ['bytes=5-5', [5, 5]],
    ['bytes=0-0,999-999', [0, 0], [999, 999]],
    ['bytes=500-', [500, 999]],
    ['bytes=-500', [500, 999]],
    ['bytes=-1', [999, 999]],
    // A suffix longer than the whole is the whole, and an end beyond the last byte is the last byte.
    ['bytes=-2000', [0, 999]],
    ['bytes=990-2000', [990, 999]],
    ['bytes=0-99999999999999999999999', [0, 999]],
    ['bytes=999-', [999, 999]],
    // What cannot be satisfied is left out, and the order is that of the request.
    ['bytes=1000-,5-6', [5, 6]],
    // A number that JavaScript takes for Infinity.
    [`bytes=0-1,${'9'.repeat(309)}-`, [0, 1]],
    [`bytes=0-${'9'.repeat(309)}`, [0, 999]],
    ['bytes=10-11, 0-1', [10, 11], [0, 1]],
    ['bytes=00-01', [0, 1]],
    ['bytes= \t0-1\t ', [0, 1]],
    // §5.6.1: empty elements do not count.
    ['bytes=, \t,0-1,', [0, 1]],
  ])('%s', (range, ...pairs) => {
    const ranges: ByteRange[] = pairs.map(([start, end]) => ({ start, end }));
    expect(decide(range)).toEqual({ kind: 'partial', ranges });
  });

  it.each([
    'bytes=1000-',
    'bytes=1000-1001',
    'bytes=-0',
    'bytes=2000-,-0',
    'bytes=99999999999999999999-',
    `bytes=${'9'.repeat(309)}-`,
    `bytes=${'9'.repeat(309)}-${'9'.repeat(310)}`,
  ])('§15.5.17 %s is unsatisfiable', (range) => {
    expect(decide(range)).toEqual({ kind: 'unsatisfiable' });
  });

  it.each([
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes= ,\t',
    'bytes=-',
    'bytes=5-4',
    'bytes=0-1,5-4',
    'bytes=0',
    'bytes=a-b',
    'bytes=0-1-2',
    'bytes=0 -1',
    'bytes=0- 1',
    'bytes=+0-1',
    'bytes=0-1x',
    'bytes=x0-1',
    'bytes=0-1;2-3',
    'bytes =0-1',
    'bytes:0-1',
    ' bytes=0-1',
    'xbytes=0-1',
    'items=0-1',
    'bytes=1e2-200',
  ])('%j is malformed, or in another unit: the full response', (range) => {
    expect(decide(range)).toEqual({ kind: 'full' });
  });

  it.each(['\xa0', '\v', '\f', '\ufeff'])('§5.6.3 %j is not whitespace, and makes a Range malformed', (char) => {
    expect(decide(`bytes=0-1,${char}`)).toEqual({ kind: 'full' });
  });

  it('§14.2 of nothing is ignored', () => {
    for (const range of ['bytes=0-1', 'bytes=-1', 'bytes=0-']) expect(decide(range, 0)).toEqual({ kind: 'full' });
    expect(decide('bytes=0-', 1)).toEqual({ kind: 'partial', ranges: [{ start: 0, end: 0 }] });
  });

  it.each(['HEAD', 'QUERY', 'PUT', 'get'])('§14.2 is ignored for %s', (method) => {
    expect(decide('bytes=0-1', 1000, method)).toEqual({ kind: 'full' });
  });

  it('is not asked for without a Range', () => {
    expect(evaluateRange({ method: 'GET', headers: { 'if-range': '"v7"' } }, {}, 1000)).toEqual({ kind: 'full' });
  });
});

describe('§17.15 excessive ranges', () => {
  it('that come to all the bytes are sent, and a byte more gets the full response', () => {
    expect(decide('bytes=0-499,500-999').kind).toBe('partial');
    expect(decide('bytes=0-500,500-999').kind).toBe('full');
    expect(decide('bytes=0-,0-0').kind).toBe('full');
  });

  it('sixteen are sent, and one more gets the full response', () => {
    const ranges = (count: number) => `bytes=${Array.from({ length: count }, (_, i) => `${2 * i}-${2 * i}`).join()}`;
    expect(decide(ranges(16)).kind).toBe('partial');
    expect(decide(ranges(17)).kind).toBe('full');
  });
});

describe('§13.1.5 If-Range', () => {
  const lastModified = Date.UTC(1994, 10, 6, 8, 49, 37);
  const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';
  const decideIf = (sent: string, state: ResourceState, now?: number) =>
    evaluateRange({ method: 'GET', headers: { range: 'bytes=0-1', 'if-range': sent } }, state, 1000, { now }).kind;

  it.each<[sent: string, state: ResourceState, kind: string]>([
    ['"v7"', { etag: '"v7"' }, 'partial'],
    [' "v7"\t', { etag: '"v7"' }, 'partial'],
    ['"v7"', { etag: '"v7"', lastModified }, 'partial'],
    ['"v6"', { etag: '"v7"', lastModified }, 'full'],
    ['W/"v7"', { etag: '"v7"' }, 'full'],
    ['"v7"', { etag: 'W/"v7"' }, 'full'],
    ['W/"v7"', { etag: 'W/"v7"' }, 'full'],
    ['"v7"', { etag: null }, 'full'],
    ['"v7"', {}, 'full'],
    ['"v6", "v7"', { etag: '"v7"' }, 'full'],
    ['v7', { etag: '"v7"', lastModified }, 'full'],
    ['*', { etag: '"v7"', lastModified }, 'full'],
    ['', { etag: '"v7"', lastModified }, 'full'],
    [DATE, { etag: '"v7"', lastModified }, 'partial'],
    [DATE, { lastModified: new Date(lastModified) }, 'partial'],
    [DATE, { etag: '"v7"' }, 'full'],
    // Neither before nor after: the date must be the very one.
    ['Sun, 06 Nov 1994 08:49:36 GMT', { lastModified }, 'full'],
    ['Sun, 06 Nov 1994 08:49:38 GMT', { lastModified }, 'full'],
    ['1994-11-06T08:49:37Z', { lastModified }, 'full'],
  ])('%j of %j: %s', (sent, state, kind) => {
    expect(decideIf(sent, state)).toBe(kind);
  });

  it('§8.8.2.2 a date is a strong validator when its second is over, and not a ms before', () => {
    const decideAt = (now: number, ms = 0) => decideIf(DATE, { lastModified: lastModified + ms }, now);
    expect(decideAt(lastModified + 999)).toBe('full');
    expect(decideAt(lastModified + 1000)).toBe('partial');
    expect(decideAt(lastModified + 5000, 999)).toBe('partial');
    expect(decideAt(lastModified + 5000, 1000)).toBe('full');
  });
});
