import { contentTag, type EntityTag } from '@etag/core';
import { describe, expect, it, vi } from 'vitest';
import { etag, precondition } from './index.js';

const get = (headers: Record<string, string> = {}, method = 'GET') =>
  new Request('http://localhost/', { method, headers });

describe('content tags', () => {
  const json = etag(() => Response.json({ a: 1 }, { headers: { 'cache-control': 'no-cache', 'set-cookie': 'a=1' } }));

  it('tags the content, and answers 304 to who has it', async () => {
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

  it('lets a tag of the application win, and leaves one that is no tag alone', async () => {
    const own = etag(() => new Response('a', { headers: { etag: 'W/"own"' } }));
    expect((await own(get())).headers.get('etag')).toBe('W/"own"');
    expect((await own(get({ 'if-none-match': '"own"' }))).status).toBe(304);
    const broken = etag(() => new Response('a', { headers: { etag: 'unquoted' } }));
    expect((await broken(get({ 'if-none-match': 'unquoted' }))).status).toBe(200);
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

  it('tags a response whose headers are immutable', async () => {
    const immutable = new Response('a');
    vi.spyOn(immutable.headers, 'set').mockImplementation(() => {
      throw new TypeError('immutable');
    });
    expect((await etag(() => immutable)(get())).headers.has('etag')).toBe(true);
  });

  it('names a coded form apart, and takes it back', async () => {
    const headers = { etag: '"v7"', 'content-encoding': 'gzip', vary: 'Origin' };
    const handler = etag(() => new Response('coded', { headers }));
    expect((await handler(get())).headers.get('etag')).toBe('"v7-gzip"');
    for (const tag of ['"v7-gzip"', '"v7"', 'W/"v7"', '"v7-br"']) {
      const cached = await handler(get({ 'if-none-match': tag }));
      expect([cached.status, cached.headers.get('etag')]).toEqual([304, tag]);
      expect(cached.headers.get('vary')).toMatch(/^Origin/);
    }
    expect((await handler(get({ 'if-none-match': '"v7-gzip-gzip"' }))).status).toBe(200);
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
