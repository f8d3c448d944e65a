import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { contentTag, isEtagError, PreconditionFailedError } from '@etag/core';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { html } from 'hono/html';
import { streamSSE } from 'hono/streaming';
import { describe, expect, it, vi } from 'vitest';
import { etag, expectation, precondition, respond } from './index.js';

describe('content tags', () => {
  it.each([
    ['c.text', (app: Hono) => app.get('/', (c) => c.text('{"a":1}'))],
    ['c.json', (app: Hono) => app.get('/', (c) => c.json({ a: 1 }))],
    ['c.json with a status and fields', (app: Hono) => app.get('/', (c) => c.json({ a: 1 }, 203, { 'X-A': '1' }))],
    ['c.html', (app: Hono) => app.get('/', (c) => c.html('{"a":1}'))],
    ['c.html of a promise', (app: Hono) => app.get('/', (c) => c.html(Promise.resolve('{"a":1}')))],
    ['c.html of a template', (app: Hono) => app.get('/', (c) => c.html(html`{"a":${1}}`))],
    ['c.body of bytes', (app: Hono) => app.get('/', (c) => c.body(new TextEncoder().encode('{"a":1}')))],
    ['new Response', (app: Hono) => app.get('/', () => new Response('{"a":1}'))],
    ['Response.json', (app: Hono) => app.get('/', () => Response.json({ a: 1 }))],
  ])('are of what is sent: %s', async (_, route) => {
    const app = new Hono().use(etag());
    route(app);
    const found = await app.request('/');
    expect([found.headers.get('etag'), await found.text()]).toEqual([await contentTag('{"a":1}'), '{"a":1}']);
    const headers = { 'If-None-Match': found.headers.get('etag') as string };
    expect((await app.request('/', { headers })).status).toBe(304);
  });

  it('leave the fields of the response as Hono makes them', async () => {
    const route = (app: Hono) => app.get('/', (c) => c.json({ a: 1 }, 201, { 'Content-Type': 'application/a+json' }));
    const plain = await route(new Hono()).request('/');
    const tagged = await route(new Hono().use(etag())).request('/');
    const { etag: _, ...fields } = Object.fromEntries(tagged.headers);
    expect([tagged.status, fields]).toEqual([plain.status, Object.fromEntries(plain.headers)]);
  });

  it('are of what a middleware within makes of the content', async () => {
    const app = new Hono().use(etag());
    app.use(async (c, next) => {
      await next();
      c.res = new Response((await c.res.text()).toUpperCase(), c.res);
    });
    app.get('/', (c) => c.text('abc'));
    expect((await app.request('/')).headers.get('etag')).toBe(await contentTag('ABC'));
  });

  it('hold up no event stream', async () => {
    const app = new Hono().use(etag());
    app.get('/', (c) =>
      streamSSE(c, async (stream) => {
        await stream.writeSSE({ data: 'first' });
        await new Promise(() => {});
      }),
    );
    const response = await app.request('/', { headers: { 'If-None-Match': '*' } });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: first\n\n');
    expect([response.status, response.headers.get('etag')]).toEqual([200, null]);
    await reader.cancel();
  });

  it('keep CORS and cookies on the 304', async () => {
    const app = new Hono().use(cors({ origin: 'http://a', credentials: true }), etag());
    app.get('/', (c) => {
      c.header('Set-Cookie', 'a=1', { append: true });
      c.header('Set-Cookie', 'b=2', { append: true });
      return c.text('abc');
    });
    const headers = { Origin: 'http://a', 'If-None-Match': await contentTag('abc') };
    const cached = await app.request('/', { headers });
    expect([cached.status, cached.headers.get('content-type')]).toEqual([304, null]);
    expect(cached.headers.get('access-control-allow-origin')).toBe('http://a');
    expect(cached.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });
});

describe('early tags', () => {
  it('never run the handler on a match, and add their validators otherwise', async () => {
    const show = vi.fn(() => new Response('shown'));
    const lastModified = Date.UTC(2026, 0, 1);
    const app = new Hono().get('/:id', etag({ current: async () => ({ etag: '"v7"', lastModified }) }), show);
    const cached = await app.request('/1', { headers: { 'If-None-Match': '"v7"' } });
    expect([cached.status, cached.headers.get('etag')]).toEqual([304, '"v7"']);
    expect((await app.request('/1', { headers: { 'If-Match': '"v6"' } })).status).toBe(412);
    expect(show).not.toHaveBeenCalled();
    const found = await app.request('/1', { headers: { 'If-None-Match': '"v6"' } });
    expect([found.status, found.headers.get('etag')]).toEqual([200, '"v7"']);
    expect(found.headers.get('last-modified')).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
    expect(show).toHaveBeenCalledOnce();
  });

  it('send what was set before them with the 304', async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      c.header('Cache-Control', 'no-cache');
      await next();
    });
    app.get('/', etag({ current: () => ({ etag: '"v7"' }) }), (c) => c.text('shown'));
    const cached = await app.request('/', { headers: { 'If-None-Match': '"v7"' } });
    expect(cached.headers.get('cache-control')).toBe('no-cache');
  });

  it('let the handler say that there is nothing', async () => {
    const app = new Hono().get('/', etag({ current: () => null }), (c) => c.notFound());
    expect((await app.request('/', { headers: { 'If-None-Match': '*' } })).status).toBe(404);
  });
});

describe('errors', () => {
  const app = () =>
    new Hono()
      .use(cors())
      .put('/', precondition({ current: () => ({ etag: '"v7"' }), require: true }), (c) => c.text('saved'));
  const put = (app: Hono, headers: Record<string, string>) => app.request('/', { method: 'PUT', headers });

  it('become problem details by Hono’s own handler, with the fields set before them', async () => {
    const stale = await put(app(), { 'If-Match': '"v6"' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"v7"']);
    expect(stale.headers.get('content-type')).toBe('application/problem+json');
    expect(stale.headers.get('access-control-allow-origin')).toBe('*');
    expect(await stale.json()).toMatchObject({ field: 'if-match', reason: 'no-match', current: '"v7"' });
    expect((await put(app(), {})).status).toBe(428);
    expect(await (await put(app(), { 'If-Match': '"v7"' })).text()).toBe('saved');
  });

  it('come to the application’s handler first', async () => {
    const seen: unknown[] = [];
    const custom = app().onError((error, c) => {
      seen.push(error);
      return c.text(isEtagError(error) ? error.code : 'else', 409);
    });
    const answered = await put(custom, { 'If-Match': '"v6"' });
    expect([answered.status, await answered.text()]).toEqual([409, 'ETAG_PRECONDITION_FAILED']);
    expect(seen[0]).toBeInstanceOf(PreconditionFailedError);
  });
});

describe('expectation and respond', () => {
  const notes = memoryStore<{ text: string }>();
  const app = new Hono().use(etag());
  app.put('/:id', async (c) => {
    const outcome = await replace(notes, c.req.param('id'), await c.req.json(), expectation(c, { require: true }));
    return respond(c, outcome, { storedAsSent: true });
  });
  const put = (headers: Record<string, string>) =>
    app.request('/1', { method: 'PUT', headers, body: JSON.stringify({ text: 'a' }) });

  it('keep the current tag strong through compress()', async () => {
    const compressed = new Hono().use(compress()).route('/', app);
    await notes.put('coded', { text: 'a' }, any);
    const headers = { 'If-Match': '"v0"', 'Accept-Encoding': 'gzip' };
    const stale = await compressed.request('/coded', { method: 'PUT', headers, body: '{"text":"b"}' });
    expect([stale.status, stale.headers.get('etag')]).toEqual([412, (await notes.state('coded'))?.etag]);
  });

  it('carry the precondition to the store, and its outcome back', async () => {
    expect((await put({})).status).toBe(428);
    expect((await put({ 'If-Match': '"v1"' })).status).toBe(412);
    const created = await put({ 'If-None-Match': '*' });
    expect([created.status, created.headers.get('content-type')]).toEqual([201, 'application/json']);
    expect(await created.json()).toEqual({ text: 'a' });
    const tag = created.headers.get('etag') as string;
    expect((await put({ 'If-Match': tag })).status).toBe(200);
    const stale = await put({ 'If-Match': tag });
    expect(stale.status).toBe(412);
    expect(await stale.json()).toMatchObject({ current: (await notes.state('1'))?.etag });
    expect((await put({ 'If-Match': 'malformed' })).status).toBe(412);
  });
});

it('answers Node’s own fetch with 304, which sends Cache-Control: no-cache along', async () => {
  const app = new Hono().use(etag()).get('/', (c) => c.text('abc'));
  const server = serve({ fetch: app.fetch, port: 0 });
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const tag = (await fetch(url)).headers.get('etag') as string;
  expect((await fetch(url, { headers: { 'If-None-Match': tag } })).status).toBe(304);
  server.close();
});
