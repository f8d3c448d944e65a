import { any } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { type Stored, stored } from '@etag/core';
import { describe, expect, it } from 'vitest';
import type { Application, Boot, Compression } from '../application.ts';
import { serveOne } from '../client.ts';

const NOON = Date.UTC(2026, 0, 2, 12);
const DATE = 'Fri, 02 Jan 2026 12:00:00 GMT';

/** Reads in one call: `respond(c, await notes.get(id))`. */
export function readTests(boot: Boot, compressions: readonly Compression[], isNullEmpty: boolean): void {
  const serveRead = (read: () => Promise<Stored<unknown> | null>, application: Omit<Application, 'resources'> = {}) =>
    serveOne(boot, { read, handle: () => ({ text: 'unused' }) }, application);
  const note = stored({ version: '7', modified: NOON, value: { text: 'hello' } });

  describe.each([
    ['behind etag()', {}],
    ['without it', { tags: false }],
  ] as const)('%s', (_, application) => {
    it('sends the value with its validators', async () => {
      const ask = await serveRead(async () => note, application);
      for (const method of ['GET', 'QUERY']) {
        const { status, headers, json } = await ask({}, method);
        expect([status, headers.get('etag'), headers.get('last-modified')]).toEqual([200, '"v7"', DATE]);
        expect([headers.get('content-type'), json()]).toEqual([
          expect.stringMatching(/^application\/json/),
          { text: 'hello' },
        ]);
      }
      const { status, etag, text } = await ask({}, 'HEAD');
      expect([status, etag, text]).toEqual([200, '"v7"', '']);
    });

    it('sends a stored null as JSON', async () => {
      const ask = await serveRead(async () => stored({ version: '7', value: null }), application);
      const { status, etag, text } = await ask();
      expect([status, etag, text]).toEqual([200, '"v7"', isNullEmpty ? '' : 'null']);
      expect((await ask({ 'if-none-match': '"v7"' })).status).toBe(304);
    });

    it.each<[field: string, value: string, status: number]>([
      ['if-none-match', '"v7"', 304],
      ['if-none-match', 'W/"v7"', 304],
      ['if-none-match', '"v7-gzip"', 304],
      ['if-none-match', '*', 304],
      ['if-none-match', '"v6"', 200],
      ['if-none-match', 'v7', 200],
      ['if-modified-since', DATE, 304],
      ['if-modified-since', 'Fri, 02 Jan 2026 11:59:59 GMT', 200],
      ['if-match', '"v7"', 200],
      ['if-match', '"v6"', 412],
      ['if-unmodified-since', 'Fri, 02 Jan 2026 11:59:59 GMT', 412],
    ])('§13.2.2 answers %s: %s with %i', async (field, value, status) => {
      const ask = await serveRead(async () => note, application);
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask({ [field]: value }, method);
        expect(answer.status).toBe(status);
        expect(answer.etag).toMatch(/"v7(-gzip)?"$/);
        if (status === 304) expect([answer.headers.has('content-type'), answer.text]).toEqual([false, '']);
        if (status === 412) expect(answer.headers.has('last-modified')).toBe(false);
      }
      if (status !== 412) return;
      const refused = await ask({ [field]: value });
      expect([refused.headers.get('content-type'), refused.json().current]).toEqual([
        'application/problem+json',
        '"v7"',
      ]);
    });

    it('§13.2.1 says 404 where nothing is stored, whatever the preconditions', async () => {
      const ask = await serveRead(async () => null, application);
      for (const headers of [{}, { 'if-match': '"v7"' }, { 'if-none-match': '*' }]) {
        const { status, etag } = await ask(headers as Record<string, string>);
        expect([status, etag]).toEqual([404, '']);
      }
    });

    it.each<[what: string, value: unknown]>([
      ['an object of the application', { version: '7', value: { text: 'hello' } }],
      ['a value', { text: 'hello' }],
      ['text', '"v7"'],
      ['a promise', Promise.resolve(note).then((one) => [one])],
    ])('takes %s for a mistake', async (_, value) => {
      const ask = await serveRead(async () => value as never, application);
      expect((await ask()).status).toBe(500);
    });
  });

  it('needs no date', async () => {
    const ask = await serveRead(async () => stored({ version: '7', value: [1] }));
    const { headers, json } = await ask();
    expect([headers.get('etag'), headers.has('last-modified'), json()]).toEqual(['"v7"', false, [1]]);
  });

  it('takes what the store gives, and its tag guards the next write', async () => {
    const notes = memoryStore<{ text: string }>();
    await notes.put('1', { text: 'a' }, any);
    const ask = await serveRead(() => notes.get('1'));
    const { etag, json } = await ask();
    expect([etag, json()]).toEqual([(await notes.state('1'))?.etag, { text: 'a' }]);
    await notes.put('1', { text: 'b' }, any);
    expect((await ask({ 'if-none-match': etag })).json()).toEqual({ text: 'b' });
  });

  it('a tag beyond ASCII arrives as it is', async () => {
    const ask = await serveRead(async () => stored({ version: 'café', value: 'x' }));
    const { etag } = await ask();
    expect((await ask({ 'if-none-match': etag })).status).toBe(304);
  });

  it.each(compressions.filter((one) => one !== 'none'))('has a strong tag of the coding: %s', async (compression) => {
    const ask = await serveRead(async () => stored({ version: '7', value: 'x'.repeat(5000) }), { compression });
    const coded = { 'accept-encoding': 'gzip' };
    const { headers, etag } = await ask(coded);
    expect([headers.get('content-encoding'), etag]).toEqual(['gzip', '"v7-gzip"']);
    const named = await ask({ ...coded, 'if-none-match': '"v7-gzip"' });
    expect([named.status, named.etag, named.headers.get('vary')?.toLowerCase()]).toEqual([
      304,
      '"v7-gzip"',
      'accept-encoding',
    ]);
    const any = await ask({ ...coded, 'if-none-match': '*' });
    expect([any.status, any.etag]).toEqual([304, 'W/"v7"']);
  });
}
