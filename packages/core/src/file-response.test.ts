import { describe, expect, it } from 'vitest';
import { fileResponse } from './file-response.ts';
import { fileTag } from './file-tag.ts';

const STATS = { size: 10, mtimeMs: Date.UTC(2026, 0, 2, 3, 4, 5) };
const TAG = fileTag(STATS);
const DATE = 'Fri, 02 Jan 2026 03:04:05 GMT';

function ask(fields: Record<string, string> = {}, method = 'GET', set: Record<string, string> = {}) {
  const headers = new Headers({ 'content-type': 'text/plain', ...set });
  const part = fileResponse({ method, headers: fields }, headers, STATS);
  return { ...part, fields: Object.fromEntries(headers) };
}

describe('fileResponse', () => {
  it('§8.8, §14.3 is the whole file with its validators', () => {
    const { fields, ...part } = ask();
    expect(part).toEqual({ status: 200, start: 0, end: 10 });
    expect(fields).toEqual({
      'content-type': 'text/plain',
      etag: TAG,
      'last-modified': DATE,
      'accept-ranges': 'bytes',
      'content-length': '10',
    });
  });

  it('§9.3.2 has the same fields for HEAD, and no content', () => {
    expect(ask({ range: 'bytes=0-1' }, 'HEAD')).toEqual({ ...ask(), start: 0, end: 0 });
  });

  it.each<[what: string, fields: Record<string, string>, status: number, start: number, end: number]>([
    ['§14.1.2 a range', { range: 'bytes=2-4' }, 206, 2, 5],
    ['§14.1.2 a suffix', { range: 'bytes=-3' }, 206, 7, 10],
    ['§14.2 several ranges', { range: 'bytes=0-1,4-5' }, 200, 0, 10],
    ['§13.1.5 its date', { range: 'bytes=2-4', 'if-range': DATE }, 206, 2, 5],
    ['§13.1.5 its tag, which is weak', { range: 'bytes=2-4', 'if-range': TAG }, 200, 0, 10],
    ['§13.2.2 preconditions first', { range: 'bytes=2-4', 'if-none-match': TAG }, 304, 0, 0],
    ['§15.5.17 nothing of it', { range: 'bytes=10-' }, 416, 0, 0],
  ])('answers %s', (_, fields, status, start, end) => {
    expect(ask(fields)).toMatchObject({ status, start, end });
  });

  it('§15.3.7, §15.5.17 says which part it is, and how long the file is', () => {
    expect(ask({ range: 'bytes=2-4' }).fields).toMatchObject({
      'content-range': 'bytes 2-4/10',
      'content-length': '3',
    });
    expect(ask({ range: 'bytes=10-' }).fields).toEqual({ 'content-range': 'bytes */10', 'content-length': '0' });
  });

  it('§15.4.5 a 304 has the validators, and nothing of the content', () => {
    const set = { etag: '"v7"', 'cache-control': 'no-cache' };
    const { fields } = ask({ 'if-none-match': '"v7-gzip"' }, 'GET', set);
    expect(fields).toEqual({
      'cache-control': 'no-cache',
      etag: '"v7-gzip"',
      'last-modified': DATE,
      vary: 'Accept-Encoding',
    });
    expect(ask({ 'if-modified-since': DATE }).fields).toEqual({ etag: TAG, 'last-modified': DATE });
  });

  it('§8.8.2.1 a time in the future is now: Last-Modified is never later than the response', () => {
    const headers = new Headers();
    fileResponse({ method: 'GET', headers: {} }, headers, { size: 1, mtimeMs: Date.now() + 3_600_000 });
    expect(Date.parse(headers.get('last-modified') ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('§8.8.3 takes the tag that is set for that of the file, unless it is not one', () => {
    expect(ask({ range: 'bytes=2-4', 'if-range': '"v7"' }, 'GET', { etag: '"v7"' })).toMatchObject({ status: 206 });
    expect(ask({}, 'GET', { etag: 'v7' }).fields.etag).toBe(TAG);
  });

  it('§15.5.13 throws a refusal', () => {
    expect(() => ask({ 'if-match': '"v6"' })).toThrow(expect.objectContaining({ code: 'ETAG_PRECONDITION_FAILED' }));
  });

  it('throws a TypeError where there is no size or no time', () => {
    const stats = { size: Number.NaN, mtimeMs: 0 };
    expect(() => fileResponse({ method: 'GET', headers: {} }, new Headers(), stats)).toThrow(TypeError);
  });
});
