import { expect, it } from 'vitest';
import { evaluateRange } from './index.ts';

const decide = (range: string) => evaluateRange({ method: 'GET', headers: { range } }, {}, 1000);

it('§5.6.1 empty elements of a Range do not count', () => {
  expect(decide('bytes=, \t,0-1,')).toEqual({ kind: 'partial', ranges: [{ start: 0, end: 1 }] });
});

it.each(['\xa0', '\v', '\f', '\ufeff'])('§5.6.3 %j is not whitespace, and makes a Range malformed', (char) => {
  expect(decide(`bytes=0-1,${char}`)).toEqual({ kind: 'full' });
});

it('§17.15 ranges that come to all the bytes are sent, and a byte more gets the full response', () => {
  expect(decide('bytes=0-499,500-999').kind).toBe('partial');
  expect(decide('bytes=0-500,500-999').kind).toBe('full');
});

it('§17.15 sixteen ranges are sent, and one more gets the full response', () => {
  const ranges = (count: number) => `bytes=${Array.from({ length: count }, (_, i) => `${2 * i}-${2 * i}`).join()}`;
  expect(decide(ranges(16)).kind).toBe('partial');
  expect(decide(ranges(17)).kind).toBe('full');
});

it('§8.8.2.2 a Last-Modified date is a strong validator when its second is over, and not a ms before', () => {
  const lastModified = Date.UTC(1994, 10, 6, 8, 49, 37);
  const headers = { range: 'bytes=0-1', 'if-range': 'Sun, 06 Nov 1994 08:49:37 GMT' };
  const decideAt = (now: number, ms = 0) =>
    evaluateRange({ method: 'GET', headers }, { lastModified: lastModified + ms }, 1000, { now }).kind;
  expect(decideAt(lastModified + 999)).toBe('full');
  expect(decideAt(lastModified + 1000)).toBe('partial');
  expect(decideAt(lastModified + 5000, 999)).toBe('partial');
  expect(decideAt(lastModified + 5000, 1000)).toBe('full');
});
