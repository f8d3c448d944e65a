import { describe, expect, it } from 'vitest';
import { staysOnNotModified, varyWith } from './index.js';

describe('§15.4.5 staysOnNotModified', () => {
  it.each([
    'Cache-Control',
    'Content-Location',
    'Date',
    'ETag',
    'Expires',
    'Vary',
    'Last-Modified',
    'Set-Cookie',
    'Access-Control-Allow-Origin',
    'Access-Control-Allow-Credentials',
    'Access-Control-Expose-Headers',
    'Content-Security-Policy',
    'Strict-Transport-Security',
    'Link',
    'Server-Timing',
    'X-Content-Type',
    'X-Content-Length',
    '',
  ])('%s stays', (name) => {
    expect([name, name.toLowerCase(), name.toUpperCase()].map(staysOnNotModified)).toEqual([true, true, true]);
  });

  it.each([
    'Content-Type',
    'Content-Encoding',
    'Content-Language',
    'Content-Length',
    'Content-Range',
    'Content-Digest',
    'Content-Disposition',
  ])('%s does not', (name) => {
    expect([name, name.toLowerCase(), name.toUpperCase()].map(staysOnNotModified)).toEqual([false, false, false]);
  });
});

describe('§12.5.5 varyWith', () => {
  it.each<[vary: string | null | undefined, name: string, result: string]>([
    [null, 'Accept-Encoding', 'Accept-Encoding'],
    [undefined, 'Accept-Encoding', 'Accept-Encoding'],
    ['Origin', 'Accept-Encoding', 'Origin, Accept-Encoding'],
    ['Accept-Encoding', 'Accept-Encoding', 'Accept-Encoding'],
    ['accept-encoding', 'Accept-Encoding', 'accept-encoding'],
    ['Origin,ACCEPT-ENCODING', 'Accept-Encoding', 'Origin,ACCEPT-ENCODING'],
    ['Origin ,\tAccept-Encoding ', 'accept-encoding', 'Origin ,\tAccept-Encoding '],
    ['X-Accept-Encoding', 'Accept-Encoding', 'X-Accept-Encoding, Accept-Encoding'],
    ['Accept', 'Accept-Encoding', 'Accept, Accept-Encoding'],
    ['Accept-Encoding', 'Accept', 'Accept-Encoding, Accept'],
    ['*', 'Accept-Encoding', '*'],
    ['Origin, *', 'Accept-Encoding', 'Origin, *'],
  ])('%j with %s is %j', (vary, name, result) => {
    expect(varyWith(vary, name)).toBe(result);
    expect(varyWith(varyWith(vary, name), name)).toBe(result);
  });

  it('§5.6.1.1 makes no empty element of an empty value', () => {
    expect(varyWith('', 'Accept-Encoding')).toBe('Accept-Encoding');
  });
});
