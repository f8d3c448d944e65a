import { describe, expect, it } from 'vitest';
import { addVary } from './index.ts';
import { listsToken } from './response-head.ts';

describe('§12.5.5 addVary', () => {
  it.each<[vary: string | null, name: string, result: string]>([
    [null, 'Accept-Encoding', 'Accept-Encoding'],
    ['Origin', 'Accept-Encoding', 'Origin, Accept-Encoding'],
    ['Accept-Encoding', 'Accept-Encoding', 'Accept-Encoding'],
    ['accept-encoding', 'Accept-Encoding', 'accept-encoding'],
    ['Origin,ACCEPT-ENCODING', 'Accept-Encoding', 'Origin,ACCEPT-ENCODING'],
    ['Origin ,\tAccept-Encoding ', 'accept-encoding', 'Origin ,\tAccept-Encoding'],
    ['X-Accept-Encoding', 'Accept-Encoding', 'X-Accept-Encoding, Accept-Encoding'],
    ['Accept', 'Accept-Encoding', 'Accept, Accept-Encoding'],
    ['Accept-Encoding', 'Accept', 'Accept-Encoding, Accept'],
    ['*', 'Accept-Encoding', '*'],
    ['Origin, *', 'Accept-Encoding', 'Origin, *'],
    // §5.6.1.1: no empty element
    ['', 'Accept-Encoding', 'Accept-Encoding'],
  ])('%j with %s is %j', (vary, name, result) => {
    const headers = new Headers(vary === null ? {} : { vary });
    addVary(headers, name);
    expect(headers.get('vary')).toBe(result);
    addVary(headers, name);
    expect(headers.get('vary')).toBe(result);
  });
});

describe('listsToken', () => {
  it.each([
    'no-store',
    'NO-STORE',
    'private,no-store',
    'private, no-store',
    'private;no-store',
    '\tno-store ',
    'x-no-store, no-store',
    'no-storeno-store,no-store',
  ])('%j lists no-store', (value) => {
    expect(listsToken(value, 'no-store')).toBe(true);
  });

  it.each([null, '', 'nostore', 'no-stored', 'x-no-store', 'no store', 'no-storeno-store'])('%j does not', (value) => {
    expect(listsToken(value, 'no-store')).toBe(false);
  });
});
