import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { comparesDates, evaluatePreconditions, fieldValue, type HeaderFields, hasPreconditions } from './index.ts';

/** As Express has it on a request: reads its own fields, in any case, undefined for none. */
class ExpressLike {
  readonly fields: Record<string, string>;
  constructor(fields: Record<string, string>) {
    this.fields = fields;
  }
  get(name: string): string | undefined {
    return this.fields[name.toLowerCase()];
  }
}

describe('§5.3 fieldValue', () => {
  const sources: [name: string, headers: HeaderFields][] = [
    ['Headers', new Headers({ 'If-Match': '"v7"' })],
    ['a record', { 'if-match': '"v7"' }],
    ['a record of arrays', { 'if-match': ['"v7"'] }],
    ['a record without prototype', Object.assign(Object.create(null), { 'if-match': '"v7"' })],
    ['a Map', new Map([['if-match', '"v7"']])],
    ['an Express request', new ExpressLike({ 'if-match': '"v7"' })],
    ['a record with a field called get', { get: 'x', 'if-match': '"v7"' }],
    ['a record with several fields called get', { get: ['x', 'y'], 'if-match': '"v7"' }],
  ];

  it.each(sources)('reads %s', (_, headers) => {
    expect(fieldValue(headers, 'if-match')).toBe('"v7"');
  });

  it.each(sources)('is null for a field that is not there: %s', (_, headers) => {
    expect(fieldValue(headers, 'if-none-match')).toBeNull();
    expect(evaluatePreconditions({ method: 'PUT', headers }, { etag: '"v7"' })).toMatchObject({ field: 'if-match' });
  });

  it('joins repeated lines by commas', () => {
    const lines: [string, string][] = [
      ['If-Match', '"a"'],
      ['If-Match', '"b,c"'],
    ];
    expect(fieldValue(new Headers(lines), 'if-match')).toBe('"a", "b,c"');
    expect(fieldValue({ 'if-match': lines.map(([, value]) => value) }, 'if-match')).toBe('"a", "b,c"');
  });

  it('tells an empty field from none', () => {
    expect(fieldValue({ 'if-match': '' }, 'if-match')).toBe('');
    expect(fieldValue(new Headers({ 'if-match': '' }), 'if-match')).toBe('');
    expect(fieldValue({ 'if-match': undefined }, 'if-match')).toBeNull();
  });

  it('has a field called get read from a record', () => {
    expect(fieldValue({ get: 'x' }, 'get')).toBe('x');
  });
});

describe('§13.1 hasPreconditions and comparesDates', () => {
  it.each<[field: string, isPrecondition: boolean, isDate: boolean]>([
    ['if-match', true, false],
    ['if-none-match', true, false],
    ['if-modified-since', true, true],
    ['if-unmodified-since', true, true],
    ['if-range', false, false],
    ['range', false, false],
  ])('%s', (field, isPrecondition, isDate) => {
    for (const value of ['x', '']) {
      for (const headers of [{ [field]: value }, { [field]: [value] }, new Headers({ [field]: value })]) {
        expect([hasPreconditions(headers), comparesDates(headers)]).toEqual([isPrecondition, isDate]);
      }
    }
  });

  it.each([{}, new Headers(), { 'if-match': undefined }])('none: %o', (headers) => {
    expect([hasPreconditions(headers), comparesDates(headers)]).toEqual([false, false]);
  });
});

describe('§5.3 what Node hands over', () => {
  /** The fields as Node's parser gives them to a server. */
  async function received(headers: Record<string, string[]>): Promise<IncomingMessage['headers']> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await new Promise((resolve, reject) => {
        server.once('request', (request, response) => {
          resolve(request.headers);
          response.end();
        });
        send({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', headers })
          .once('error', reject)
          .once('response', (response) => response.resume())
          .end();
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it('takes a request as it is, repeated lines of tags counted', async () => {
    const headers = await received({ 'If-None-Match': ['"v6"', '"v7"'] });
    expect(evaluatePreconditions({ method: 'GET', headers }, { etag: '"v7"' }).outcome).toBe('not-modified');
  });

  it('sees only the first of repeated dates, since Node discards the others', async () => {
    const headers = await received({
      'If-Modified-Since': ['Sun, 06 Nov 1994 08:49:37 GMT', 'Mon, 07 Nov 1994 08:49:37 GMT'],
    });
    expect(fieldValue(headers, 'if-modified-since')).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });
});
