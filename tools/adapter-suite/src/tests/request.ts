import { expect, it } from 'vitest';
import type { Boot, Reply } from '../application.ts';
import { serveOne } from '../client.ts';

const DATE = 'Sat, 29 Oct 1994 19:43:31 GMT';

/** What counts is what the application says of a request, not what was sent. */
export function requestTests(boot: Boot): void {
  it.each([
    ['a tag of its own', { handle: () => ({ text: 'hello', headers: { etag: '"v1"', 'last-modified': DATE } }) }],
    [
      'a tag that is known early',
      { current: () => ({ etag: '"v1"', lastModified: Date.parse(DATE) }) as const, handle: () => ({ text: 'hello' }) },
    ],
  ])('switches the 304 off and on by If-None-Match: %s', async (_, resource) => {
    const sent = [{ 'if-none-match': '"v1"' }, { 'if-none-match': '"v1"', 'if-modified-since': DATE }];
    const off = await serveOne(boot, resource, { before: () => ({ request: { 'if-none-match': '"no-match"' } }) });
    for (const headers of sent) expect((await off(headers as Record<string, string>)).status).toBe(200);
    const on = await serveOne(boot, resource, { before: () => ({ request: { 'if-none-match': '"v1"' } }) });
    for (const headers of [{}, { 'if-none-match': '"v0"' }, { 'if-modified-since': 'Sat, 29 Oct 1994 19:43:30 GMT' }]) {
      expect((await on(headers as Record<string, string>)).status).toBe(304);
    }
  });

  it.each<[string, Reply]>([
    ['a tag of its own', { text: 'hello', headers: { etag: '"v1"', 'last-modified': DATE } }],
    ['a tag of its content', { text: 'hello', headers: { 'last-modified': DATE } }],
  ])('counts what comes after etag() as well, whatever dates were sent: %s', async (_, reply) => {
    const { etag } = await (await serveOne(boot, reply))();
    const sent = [{ 'if-none-match': etag }, { 'if-none-match': etag, 'if-modified-since': DATE }];
    const off = await serveOne(boot, reply, { after: () => ({ 'if-none-match': '"no-match"' }) });
    for (const headers of sent) expect((await off(headers as Record<string, string>)).status).toBe(200);
    const on = await serveOne(boot, reply, { after: () => ({ 'if-none-match': etag }) });
    for (const headers of [{}, { 'if-modified-since': DATE }, { 'if-none-match': '"other"' }]) {
      expect((await on(headers as Record<string, string>)).status).toBe(304);
    }
    const refused = await serveOne(boot, reply, { after: () => ({ 'if-match': '"other"' }) });
    expect((await refused({ 'if-unmodified-since': DATE })).status).toBe(412);
  });

  it.each([{}, { 'if-unmodified-since': DATE }, { 'if-match': '"v1"' }])(
    'guards a write by the If-Match that it makes of something else, beside %j',
    async (sent) => {
      const ask = await serveOne(
        boot,
        { current: () => ({ etag: '"v1"', lastModified: Date.parse(DATE) }), handle: () => ({ text: 'saved' }) },
        {
          before: ({ url }) => ({
            request: { 'if-match': `"${new URL(url, 'http://localhost').searchParams.get('rev')}"` },
          }),
        },
      );
      expect((await ask(sent as Record<string, string>, 'PUT', '/?rev=v0')).status).toBe(412);
      expect((await ask(sent as Record<string, string>, 'PUT', '/?rev=v1')).text).toBe('saved');
    },
  );

  it('§5.3 ignores a date that came on two lines, and counts the tags of all lines', async () => {
    const resource = {
      current: () => ({ etag: '"v1"', lastModified: Date.parse(DATE) }) as const,
      handle: () => ({ text: 'hello' }),
    };
    const { origin } = await serveOne(boot, resource);
    const statusOf = async (lines: [string, string][]) => {
      const { exchange } = await import('@etag/wire');
      return (await exchange(origin, { method: 'GET', path: '/', headers: lines })).status;
    };
    expect(await statusOf([['If-Modified-Since', DATE]])).toBe(304);
    expect(
      await statusOf([
        ['If-Modified-Since', DATE],
        ['If-Modified-Since', DATE],
      ]),
    ).toBe(200);
    expect(
      await statusOf([
        ['If-None-Match', '"v0"'],
        ['If-None-Match', '"v1"'],
      ]),
    ).toBe(304);
  });

  it('answers the fetch of Node, which adds Cache-Control: no-cache, with 304', async () => {
    const { origin } = await serveOne(boot, { json: { text: 'hello' } });
    const first = await fetch(origin);
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    await first.text();
    expect((await fetch(origin, { headers })).status).toBe(304);
  });
}
