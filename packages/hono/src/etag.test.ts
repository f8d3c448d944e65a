import { contentTag } from '@etag/core';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { html } from 'hono/html';
import { stream, streamSSE } from 'hono/streaming';
import { describe, expect, it, vi } from 'vitest';
import { etag } from './index.ts';

const streamOf = (text: string) => new Response(text).body as ReadableStream<Uint8Array<ArrayBuffer>>;

describe('content tags', () => {
  it.each([
    ['c.text', (app: Hono) => app.get('/', (c) => c.text('{"a":1}'))],
    ['c.json', (app: Hono) => app.get('/', (c) => c.json({ a: 1 }))],
    ['c.json with a status and fields', (app: Hono) => app.get('/', (c) => c.json({ a: 1 }, 203, { 'X-A': '1' }))],
    ['c.html', (app: Hono) => app.get('/', (c) => c.html('{"a":1}'))],
    ['c.html of a promise', (app: Hono) => app.get('/', (c) => c.html(Promise.resolve('{"a":1}')))],
    ['c.html of a template', (app: Hono) => app.get('/', (c) => c.html(html`{"a":${1}}`))],
    ['c.body of bytes', (app: Hono) => app.get('/', (c) => c.body(new TextEncoder().encode('{"a":1}')))],
    ['c.body of a buffer', (app: Hono) => app.get('/', (c) => c.body(new TextEncoder().encode('{"a":1}').buffer))],
    ['c.body of a Blob', (app: Hono) => app.get('/', (c) => c.body(new Blob(['{"a":1}']) as never))],
    [
      'c.body of a stream with its length',
      (app: Hono) => app.get('/', (c) => c.body(streamOf('{"a":1}'), 200, { 'Content-Length': '7' })),
    ],
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

  it('are given to content of any size', async () => {
    const rows = Array.from({ length: 50_000 }, (_, id) => ({ id, name: 'a row of some length' }));
    const app = new Hono().use(etag());
    app.get('/c', (c) => c.json(rows)).get('/response', () => Response.json(rows));
    app.get('/blob', (c) => c.body(new Blob([JSON.stringify(rows)]) as never));
    const tag = await contentTag(JSON.stringify(rows));
    for (const path of ['/c', '/response', '/blob']) expect((await app.request(path)).headers.get('etag')).toBe(tag);
  });

  it.each([
    ['c.body', (app: Hono) => app.get('/', (c) => c.body(streamOf('abc')))],
    [
      'new Response',
      (app: Hono) => app.get('/', () => new Response(new Blob(['abc']).stream().pipeThrough(new TransformStream()))),
    ],
    ['stream()', (app: Hono) => app.get('/', (c) => stream(c, async (api) => void (await api.write('abc'))))],
  ])('are not given to a stream, however short it is: %s', async (_, route) => {
    const app = new Hono().use(etag());
    route(app);
    const found = await app.request('/');
    expect([found.headers.get('etag'), await found.text()]).toEqual([null, 'abc']);
  });

  it('do not stand in for what the handler set and is not a tag; that does not leave', async () => {
    const app = new Hono().use(etag()).get('/', (c) => c.text('content', 200, { ETag: 'abc' }));
    for (const headers of [{}, { 'If-None-Match': 'abc' }, { 'If-None-Match': '"abc"' }]) {
      const found = await app.request('/', { headers });
      expect([found.status, found.headers.get('etag')]).toEqual([200, null]);
    }
  });

  it('are made once where two of the middleware stand in a row', async () => {
    const digest = vi.fn(() => 'digest');
    const app = new Hono().use(etag({ digest }), etag({ digest })).get('/', (c) => c.text('content'));
    expect((await app.request('/')).headers.get('etag')).toBe('"digest"');
    expect(digest).toHaveBeenCalledOnce();
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

  it('are the tag, and not one of the content that an etag() further in would make', async () => {
    const app = new Hono().use(etag({ current: () => ({ etag: '"v7"' }) }));
    app.get('/', etag(), (c) => c.text('content'));
    app.get('/own', etag(), (c) => c.text('content', 200, { ETag: '"own"' }));
    expect((await app.request('/')).headers.get('etag')).toBe('"v7"');
    expect((await app.request('/', { headers: { 'If-None-Match': '"v7"' } })).status).toBe(304);
    expect((await app.request('/own')).headers.get('etag')).toBe('"own"');
    const nothing = new Hono().use(etag({ current: () => null })).get('/', etag(), (c) => c.text('content'));
    expect((await nothing.request('/')).headers.get('etag')).toBe(contentTag('content'));
    const outer = new Hono()
      .use(etag())
      .get('/', etag({ current: () => ({ etag: '"v7"' }) }), (c) => c.text('content'));
    expect((await outer.request('/')).headers.get('etag')).toBe('"v7"');
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

  it('lose a policy with a nonce, which would block the scripts of the stored page', async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      c.header('Content-Security-Policy', `script-src 'nonce-${crypto.randomUUID()}'`);
      await next();
    });
    app.get('/', etag({ current: () => ({ etag: '"v7"' }) }), (c) => c.text('shown'));
    const cached = await app.request('/', { headers: { 'If-None-Match': '"v7"' } });
    expect([cached.status, cached.headers.get('content-security-policy')]).toEqual([304, null]);
  });

  it('let a tag of the handler win, and none that is not a tag leave', async () => {
    const app = new Hono();
    app.get('/:tag', etag({ current: () => ({ etag: '"v7"' }) }), (c) =>
      c.text('a', 200, { ETag: c.req.param('tag') }),
    );
    expect((await app.request('/%22own%22')).headers.get('etag')).toBe('"own"');
    expect((await app.request('/own')).headers.get('etag')).toBeNull();
  });

  it('stay away where the handler deletes them last', async () => {
    const app = new Hono();
    const state = { etag: '"v7"', lastModified: 0 } as const;
    const last = { ETag: ['"own"', undefined], 'Last-Modified': [undefined, 'Thu, 01 Jan 1970 00:00:01 GMT'] };
    app.get('/', etag({ current: () => state }), (c) => {
      for (const [name, values] of Object.entries(last)) for (const value of values) c.header(name, value);
      return c.text('a');
    });
    const { headers } = await app.request('/');
    expect([headers.get('etag'), headers.get('last-modified')]).toEqual([null, 'Thu, 01 Jan 1970 00:00:01 GMT']);
  });

  it('stay away where a middleware deletes them when the handler is done', async () => {
    const app = new Hono().get(
      '/',
      etag({ current: () => ({ etag: '"v7"' }) }),
      async (c, next) => {
        await next();
        c.header('ETag', undefined);
      },
      (c) => c.text('a'),
    );
    expect((await app.request('/')).headers.get('etag')).toBeNull();
  });

  it('stand beside content tags, which are for all others', async () => {
    const app = new Hono().use(etag());
    app.get('/early', etag({ current: () => ({ etag: '"v7"' }) }), (c) => c.text('shown'));
    app.get('/content', (c) => c.text('shown'));
    expect((await app.request('/early')).headers.get('etag')).toBe('"v7"');
    expect((await app.request('/content')).headers.get('etag')).toBe(await contentTag('shown'));
    const headers = { 'If-Match': '"v7"', 'If-None-Match': '"v6"' };
    expect((await app.request('/early', { headers })).status).toBe(200);
  });
});

describe('a mistake fails on the first request', () => {
  it.each<[string, unknown]>([
    ['a tag without quotes', { etag: 'v7' }],
    ['a number', { etag: 7 }],
    ['text in place of a state', '"v7"'],
    ['a time that is not one', { etag: '"v7"', lastModified: new Date('no date') }],
  ])('%s', async (_, state) => {
    const app = new Hono().get('/', etag({ current: () => state as never }), (c) => c.text('shown'));
    app.onError((error, c) => c.text(error.name, 500));
    const answered = await app.request('/');
    expect([answered.status, await answered.text(), answered.headers.get('etag')]).toEqual([500, 'TypeError', null]);
  });

  it('or before: what is not a function', () => {
    expect(() => etag({ current: { etag: '"v7"' } as never })).toThrow(TypeError);
  });
});

it('leaves it to Hono to say that nothing has answered', async () => {
  const app = new Hono().use(etag()).get('/', (async () => {}) as never);
  app.onError((error, c) => c.text(error.message, 500));
  expect(await (await app.request('/')).text()).toMatch(/not finalized/);
});

describe('a tag that is known early names the response of its handler, and no other', () => {
  const tagged = etag({ current: () => ({ etag: '"v7"' }) });
  const long = 'x'.repeat(3000);

  it.each<[string, () => Response]>([
    ['strong', () => new Response('content of v6', { headers: { ETag: '"v6"' } })],
    ['weak', () => new Response('content of v6', { headers: { ETag: 'W/"v6"' } })],
  ])('behind cors(), a tag of its own stays: %s', async (_, handler) => {
    const app = new Hono().use(cors()).get('/', tagged, handler);
    expect((await app.request('/')).headers.get('etag')).toBe(handler().headers.get('etag'));
  });

  it('around compress(), neither an error nor a route that is left out has it', async () => {
    const app = new Hono().use(tagged).use(compress());
    app.get('/missing', (c) => c.text(long, 404)).get('/off', etag(false), (c) => c.text(long));
    for (const path of ['/missing', '/off']) {
      const { headers } = await app.request(path, { headers: { 'Accept-Encoding': 'gzip' } });
      expect([headers.get('content-encoding'), headers.get('etag')], path).toEqual(['gzip', null]);
    }
  });

  it('a response that a middleware puts in place of one that failed does not have it', async () => {
    const app = new Hono().use(async (c, next) => {
      try {
        return await next();
      } catch {
        return c.json({ fallback: true });
      }
    });
    app.get('/', tagged, () => {
      throw { code: 1 };
    });
    const { status, headers } = await app.request('/');
    expect([status, headers.get('etag')]).toEqual([200, null]);
  });
});
