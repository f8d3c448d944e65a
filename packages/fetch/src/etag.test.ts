import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contentTag, type EntityTag } from '@etag/core';
import { describe, expect, it, vi } from 'vitest';
import { etag, precondition } from './index.ts';

const get = (headers: Record<string, string> = {}, method = 'GET') =>
  new Request('http://localhost/', { method, headers });

describe('content tags', () => {
  const json = etag(() => Response.json({ a: 1 }, { headers: { 'cache-control': 'no-cache', 'set-cookie': 'a=1' } }));

  it('tags the content, and answers 304 to a client that has it', async () => {
    const found = await json(get());
    expect(found.headers.get('etag')).toBe(await contentTag('{"a":1}'));
    expect(await found.json()).toEqual({ a: 1 });
    const cached = await json(get({ 'if-none-match': found.headers.get('etag') as string }));
    expect([cached.status, await cached.text()]).toEqual([304, '']);
    expect(Object.fromEntries(cached.headers)).toEqual({
      etag: found.headers.get('etag'),
      'cache-control': 'no-cache',
      'set-cookie': 'a=1',
    });
  });

  it.each([
    ['a 404', new Response('gone', { status: 404 })],
    ['no-store', new Response('secret', { headers: { 'cache-control': 'no-store' } })],
    ['a 206', new Response('part', { status: 206 })],
    ['a 204', new Response(null, { status: 204 })],
    ['an event stream', new Response('data: a\n\n', { headers: { 'content-type': 'text/event-stream' } })],
  ])('gives %s no tag, and no 304', async (_, response) => {
    const answered = await etag(() => response)(get({ 'if-none-match': '*' }));
    expect(answered).toBe(response);
    expect(answered.headers.has('etag')).toBe(false);
  });

  it('gives the response to a write no tag', async () => {
    const answered = await etag(() => new Response('stored'))(get({}, 'PUT'));
    expect(answered.headers.has('etag')).toBe(false);
  });

  it('lets a tag of the application win, and removes what is not a tag', async () => {
    const own = etag(() => new Response('a', { headers: { etag: 'W/"own"' } }));
    expect((await own(get())).headers.get('etag')).toBe('W/"own"');
    expect((await own(get({ 'if-none-match': '"own"' }))).status).toBe(304);
    const broken = etag(() => new Response('a', { headers: { etag: 'unquoted' } }));
    const answered = await broken(get({ 'if-none-match': 'unquoted' }));
    expect([answered.status, answered.headers.get('etag')]).toEqual([200, null]);
  });

  it('uses the digest and the strength it is told', async () => {
    const handler = etag(() => new Response('abc'), { weak: true, digest: async (content) => `n${content.length}` });
    expect((await handler(get())).headers.get('etag')).toBe('W/"n3"');
  });

  it('answers 412 where a read asks for another representation, and keeps the fields that are not of it', async () => {
    const handler = etag(() => new Response('a', { headers: { etag: '"b"', 'access-control-allow-origin': '*' } }));
    const refused = await handler(get({ 'if-match': '"a"' }));
    expect([refused.status, refused.headers.get('etag')]).toEqual([412, '"b"']);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(await refused.json()).toMatchObject({ status: 412, field: 'if-match', reason: 'no-match', current: '"b"' });
  });

  it('stops the producer of a body that does not go out', async () => {
    const cancel = vi.fn();
    const body = new ReadableStream({ cancel });
    await etag(() => new Response(body, { headers: { etag: '"a"' } }))(get({ 'if-none-match': '"a"' }));
    expect(cancel).toHaveBeenCalledOnce();
  });

  it('leaves what comes coded the tag that it has', async () => {
    const headers = { etag: '"v7"', 'content-encoding': 'gzip', vary: 'Origin' };
    const handler = etag(() => new Response('coded', { headers }));
    expect((await handler(get())).headers.get('etag')).toBe('"v7"');
    for (const tag of ['"v7-gzip"', '"v7"', 'W/"v7"', '"v7-br"']) {
      const cached = await handler(get({ 'if-none-match': tag }));
      expect([cached.status, cached.headers.get('etag')]).toEqual([304, tag]);
      expect(cached.headers.get('vary')).toMatch(/^Origin/);
    }
    expect((await handler(get({ 'if-none-match': '"v7-gzip-gzip"' }))).status).toBe(200);
  });

  it('tags the bytes of what comes coded without a tag', async () => {
    const handler = etag(() => new Response('coded', { headers: { 'content-encoding': 'gzip' } }));
    expect((await handler(get())).headers.get('etag')).toBe(await contentTag('coded'));
  });

  it('keeps an event stream, a stream and what is larger than the limit as they are', async () => {
    const large = new Response(new Blob(['x'.repeat(20)]).stream(), { headers: { 'content-length': '20' } });
    const handler = etag(() => large, { limit: 10 });
    expect((await handler(get())).headers.has('etag')).toBe(false);
  });

  it('tags 2 MB of JSON', async () => {
    const rows = Array.from({ length: 50_000 }, (_, id) => ({ id, name: 'a row of some length' }));
    const answered = await etag(() => Response.json(rows))(get());
    expect(answered.headers.get('etag')).toBe(await contentTag(JSON.stringify(rows)));
  });

  it('removes the framing and a policy with a nonce from a 304', async () => {
    const headers = {
      etag: '"a"',
      trailer: 'Server-Timing',
      'transfer-encoding': 'chunked',
      'content-security-policy': "script-src 'nonce-1'",
      'x-kept': '1',
    };
    const cached = await etag(() => new Response('a', { headers }))(get({ 'if-none-match': '"a"' }));
    expect(Object.fromEntries(cached.headers)).toEqual({ etag: '"a"', 'x-kept': '1' });
  });

  it('refuses as a framework of Node does: what is said of the representation goes, all else stays', async () => {
    const headers = {
      etag: '"b"',
      'cache-control': 'max-age=60',
      'last-modified': 'Sun, 06 Nov 1994 08:49:38 GMT',
      trailer: 'Server-Timing',
      vary: 'Origin',
      'x-request-id': '7',
    };
    const refused = await etag(() => new Response('a', { headers }))(get({ 'if-match': '"a"' }));
    expect(Object.fromEntries(refused.headers)).toEqual({
      'content-type': 'application/problem+json',
      etag: '"b"',
      vary: 'Origin',
      'x-request-id': '7',
    });
  });
});

describe('a response of fetch(), whose fields cannot be set', () => {
  const upstream = (fields: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const server = createServer((_, response) => response.writeHead(200, fields).end('upstream')).listen(0, () => {
        resolve(`http://localhost:${(server.address() as AddressInfo).port}`);
      });
      server.unref();
    });

  it('is tagged where it says how long it is', async () => {
    const origin = await upstream({ 'content-length': '8' });
    const tag = await contentTag('upstream');
    const handler = etag(() => fetch(origin));
    expect((await handler(get())).headers.get('etag')).toBe(tag);
    expect((await handler(get({ 'if-none-match': tag }))).status).toBe(304);
  });

  it('keeps its tag, gets that of a state, and loses what is not a tag, which the state does not replace', async () => {
    const [tagged, invalid] = [await upstream({ etag: '"own"' }), await upstream({ etag: 'unquoted' })];
    const untagged = await upstream({});
    const current = () => ({ etag: '"v7"' }) as const;
    const tags = await Promise.all(
      [
        etag(() => fetch(tagged)),
        etag(() => fetch(invalid)),
        etag(() => fetch(invalid), { current }),
        etag(() => fetch(untagged), { current }),
      ].map(async (handler) => (await handler(get())).headers.get('etag')),
    );
    expect(tags).toEqual(['"own"', null, null, '"v7"']);
    expect((await etag(() => fetch(tagged))(get({ 'if-match': '"other"' }))).status).toBe(412);
  });
});

describe('early tags', () => {
  const lastModified = Date.UTC(2026, 0, 1);
  const show = vi.fn(() => new Response('shown'));
  const handler = etag(show, { current: async () => ({ etag: '"v7"' as EntityTag, lastModified }) });

  it('never calls the handler on a match', async () => {
    show.mockClear();
    for (const headers of [{ 'if-none-match': '"v7"' }, { 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }]) {
      const cached = await handler(get(headers));
      expect([cached.status, cached.headers.get('etag')]).toEqual([304, '"v7"']);
      expect(cached.headers.get('last-modified')).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
    }
    expect(show).not.toHaveBeenCalled();
  });

  it('adds the validators to what the handler makes, unless it set its own', async () => {
    expect((await handler(get({ 'if-none-match': '"v6"' }))).headers.get('etag')).toBe('"v7"');
    show.mockReturnValueOnce(new Response('shown', { headers: { etag: '"own"' } }));
    expect((await handler(get())).headers.get('etag')).toBe('"own"');
    show.mockReturnValueOnce(new Response('broken', { status: 500 }));
    expect((await handler(get())).headers.has('etag')).toBe(false);
    show.mockReturnValueOnce(new Response('part', { status: 206 }));
    expect((await handler(get())).headers.get('etag')).toBe('"v7"');
  });

  it('are the tag, and not one of the content that an etag() further in would make', async () => {
    const content = () => new Response('content');
    const tagOf = async (current: () => { etag: EntityTag } | null, inner: () => Response) =>
      (await etag(etag(inner), { current })(get())).headers.get('etag');
    const current = () => ({ etag: '"v7"' as EntityTag });
    expect(await tagOf(current, content)).toBe('"v7"');
    expect(await tagOf(current, () => new Response('content', { headers: { etag: '"own"' } }))).toBe('"own"');
    expect(await tagOf(() => null, content)).toBe(contentTag('content'));
    expect((await etag(etag(content, { current }))(get())).headers.get('etag')).toBe('"v7"');
  });

  it('refuses with 412 before the handler', async () => {
    show.mockClear();
    expect((await handler(get({ 'if-match': '"v6"' }))).status).toBe(412);
    expect(show).not.toHaveBeenCalled();
  });

  it('calls the handler where there is no current representation, and for a write', async () => {
    const none = etag(() => new Response('none', { status: 404 }), { current: () => null });
    expect((await none(get({ 'if-none-match': '*' }))).status).toBe(404);
    expect((await handler(get({ 'if-none-match': '"v7"' }, 'POST'))).status).toBe(200);
  });

  it.each<[string, unknown]>([
    ['a tag without quotes', { etag: 'v7' }],
    ['a quote alone', { etag: '"' }],
    ['a blank in a tag', { etag: '"a b"' }],
    ['a number', { etag: 7 }],
    ['text in place of a state', '"v7"'],
    ['a time that is not one', { lastModified: Number.NaN }],
  ])('throws a TypeError on the first request: %s', async (_, state) => {
    const mistaken = etag(show, { current: () => state as never });
    for (const headers of [{}, { 'if-none-match': '"v7"' }]) {
      await expect(mistaken(get(headers))).rejects.toThrow(TypeError);
    }
  });

  it('throws a TypeError at once where it is not given functions', () => {
    expect(() => etag('shown' as never)).toThrow(TypeError);
    expect(() => etag(show, { current: { etag: '"v7"' } as never })).toThrow(TypeError);
  });

  it('gets its strong tag back from a compressor that leaves it', async () => {
    const compress = async (request: Request) => {
      const response = await handler(request);
      response.headers.set('content-encoding', 'gzip');
      return response;
    };
    expect((await etag(compress)(get())).headers.get('etag')).toBe('"v7-gzip"');
  });

  it('gets its strong tag back from a compressor that weakened it', async () => {
    const compress = async (request: Request) => {
      const response = await handler(request);
      return new Response(response.body, {
        headers: { etag: `W/${response.headers.get('etag')}`, 'content-encoding': 'gzip' },
      });
    };
    expect((await etag(compress)(get())).headers.get('etag')).toBe('"v7-gzip"');
  });
});

describe('precondition', () => {
  const save = vi.fn(() => new Response('saved'));
  const handler = precondition(save, { current: () => ({ etag: '"v7"' }), require: true });

  it.each([
    ['no precondition', {}, 428],
    ['a date alone', { 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }, 428],
    ['a stale tag', { 'if-match': '"v6"' }, 412],
    ['a weak tag', { 'if-match': 'W/"v7"' }, 412],
    ['a malformed tag', { 'if-match': 'v7' }, 412],
    ['If-None-Match: * where something is', { 'if-none-match': '*' }, 412],
  ])('refuses %s before the handler', async (_, headers, status) => {
    save.mockClear();
    const refused = await handler(get(headers, 'PUT'));
    expect(refused.status).toBe(status);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(save).not.toHaveBeenCalled();
  });

  it.each(['"v7"', '"v7-gzip"', '"v6", "v7"', '*'])('lets If-Match: %s through', async (tag) => {
    expect(await (await handler(get({ 'if-match': tag }, 'PUT'))).text()).toBe('saved');
  });

  it('says 412 to a PUT and 404 to a PATCH of what does not exist', async () => {
    const none = precondition(save, { current: () => undefined });
    expect((await none(get({ 'if-match': '"v7"' }, 'PUT'))).status).toBe(412);
    expect((await none(get({ 'if-match': '"v7"' }, 'PATCH'))).status).toBe(404);
    expect((await none(get({ 'if-none-match': '*' }, 'PUT'))).status).toBe(200);
  });

  it('needs to know how the validators are found', () => {
    for (const options of [undefined, {}, { current: '"v7"' }]) {
      expect(() => precondition(save, options as never)).toThrow(/current/);
    }
    expect(() => precondition({} as never, { current: () => null })).toThrow(TypeError);
  });

  it('throws on what is not its own', async () => {
    const broken = precondition(
      () => {
        throw new RangeError('else');
      },
      { current: () => null },
    );
    await expect(broken(get({}, 'PUT'))).rejects.toThrow(RangeError);
  });
});

it('gives a HEAD that the handler answers without content no tag of nothing', async () => {
  const files = etag(() => new Response(null, { headers: { 'content-length': '2459' } }));
  expect((await files(new Request('http://localhost/', { method: 'HEAD' }))).headers.has('etag')).toBe(false);
});
