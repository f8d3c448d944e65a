import { gzipSync } from 'node:zlib';
import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { contentTag } from '@etag/core';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { html } from 'hono/html';
import { describe, expect, it } from 'vitest';
import { etag, expectation, respond } from './index.ts';

const TEXT = 'x'.repeat(5000);
const JSON_TEXT = JSON.stringify({ text: TEXT });
const GZIP = { 'Accept-Encoding': 'gzip' };
const own = { ETag: '"v7"' };

const inside = () => new Hono().use(etag(), compress());
const outside = () => new Hono().use(compress(), etag());
const either: [string, () => Hono][] = [
  ['inside', inside],
  ['outside', outside],
];
const tagOf = async (app: Hono, headers: Record<string, string> = {}) =>
  (await app.request('/', { headers })).headers.get('etag');

describe.each(either)('%s of etag(), a tag of the handler names the coding and stays strong', (_, make) => {
  it.each<[string, (c: Context) => Response]>([
    ['c.json', (c) => c.json({ text: TEXT }, 200, own)],
    [
      'c.header',
      (c) => {
        c.header('ETag', own.ETag);
        return c.text(TEXT);
      },
    ],
    ['new Response', () => new Response(TEXT, { headers: { ...own, 'Content-Type': 'text/plain' } })],
    ['Response.json', () => Response.json({ text: TEXT }, { headers: own })],
  ])('%s', async (_, handler) => {
    const app = make().get('/', handler);
    expect([await tagOf(app), await tagOf(app, GZIP)]).toEqual(['"v7"', '"v7-gzip"']);
    for (const tag of ['"v7-gzip"', '"v7"', 'W/"v7"']) {
      const cached = await app.request('/', { headers: { ...GZIP, 'If-None-Match': tag } });
      expect([cached.status, cached.headers.get('etag'), cached.headers.get('vary')]).toEqual([
        304,
        tag,
        'Accept-Encoding',
      ]);
    }
  });

  it('and other middleware may add fields', async () => {
    const add: MiddlewareHandler = async (c, next) => {
      await next();
      c.header('X-Added', '1');
    };
    const app = new Hono().use(add).route('/', make().use(add));
    app.get('/', (c) => c.text(TEXT, 200, own));
    const found = await app.request('/', { headers: GZIP });
    expect([found.headers.get('etag'), found.headers.get('x-added')]).toEqual(['"v7-gzip"', '1']);
    expect(await new Response(found.body?.pipeThrough(new DecompressionStream('gzip'))).text()).toBe(TEXT);
  });

  it('so that what was read can be written', async () => {
    const notes = memoryStore<{ text: string }>();
    await replace(notes, '1', { text: TEXT }, any);
    const app = make();
    app.get('/', etag({ current: () => notes.state('1') }), async (c) => c.json((await notes.get('1'))?.value));
    app.put('/', async (c) => respond(c, await replace(notes, '1', await c.req.json(), expectation(c))));
    const tag = (await tagOf(app, GZIP)) as string;
    expect(tag).toMatch(/^"v.*-gzip"$/);
    const put = (headers: Record<string, string>) => app.request('/', { method: 'PUT', headers, body: '{"text":"b"}' });
    expect((await put({ 'If-Match': tag })).status).toBe(200);
    expect((await put({ 'If-Match': tag })).status).toBe(412);
  });

  it('and a weak one stays weak', async () => {
    const app = make().get('/', (c) => c.text(TEXT, 200, { ETag: 'W/"v7"' }));
    expect(await tagOf(app, GZIP)).toBe('W/"v7"');
  });

  it('but what comes coded keeps its tag', async () => {
    const headers = { ...own, 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' };
    const app = make().get('/', () => new Response(gzipSync(TEXT), { headers }));
    expect(await tagOf(app, GZIP)).toBe('"v7"');
    expect((await app.request('/', { headers: { 'If-None-Match': '"v7"' } })).status).toBe(304);
  });
});

describe.each(either)('%s of etag(), content', (_, make) => {
  it.each<[string, (c: Context) => Response | Promise<Response>, string]>([
    ['c.text', (c) => c.text(TEXT), TEXT],
    ['c.json', (c) => c.json({ text: TEXT }), JSON_TEXT],
    ['c.html', (c) => c.html(TEXT), TEXT],
  ])('of %s has the tag of what it was before, with the coding', async (_, handler, content) => {
    const app = make().get('/', handler);
    const tag = await contentTag(content);
    expect([await tagOf(app), await tagOf(app, GZIP)]).toEqual([tag, tag.replace(/"$/, '-gzip"')]);
    const headers = { ...GZIP, 'If-None-Match': tag };
    expect((await app.request('/', { headers })).status).toBe(304);
  });

  it('of a template, which is rendered late, is tagged each time', async () => {
    const app = make().get('/', (c) => c.html(html`<p>${TEXT}</p>`));
    const tags = new Set(await Promise.all(Array.from({ length: 20 }, () => tagOf(app, GZIP))));
    expect([...tags]).toEqual([expect.stringMatching(/^"[^"]+"$/)]);
    const headers = { ...GZIP, 'If-None-Match': [...tags].join() };
    expect((await app.request('/', { headers })).status).toBe(304);
  });

  it('of a stream is not tagged, however short it is', async () => {
    const app = make().get('/', (c) => c.body(new Blob([TEXT]).stream(), 200, { 'Content-Type': 'text/plain' }));
    expect([await tagOf(app), await tagOf(app, GZIP)]).toEqual([null, null]);
  });
});

it('leaves it to other middleware to weaken the tag of what it changes', async () => {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.res = new Response((await c.res.text()).toUpperCase(), c.res);
    c.res.headers.set('ETag', `W/${c.res.headers.get('etag')}`);
  });
  app.use(etag()).get('/', (c) => c.text(TEXT, 200, own));
  expect(await tagOf(app)).toBe('W/"v7"');
});

describe('outside of etag(), a 304 has the Vary of the 200', () => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
  const apps: [string, () => Hono][] = [
    ['content', () => outside().get('/', (c) => c.text(TEXT, 200, { ...own, 'Last-Modified': date }))],
    [
      'early',
      () => {
        const app = new Hono().use(compress());
        const current = () => ({ etag: '"v7"', lastModified: new Date(date) }) as const;
        return app.get('/', etag({ current }), (c) => c.text(TEXT));
      },
    ],
  ];

  it.each(apps)('%s, whatever the client accepts', async (_, make) => {
    const app = make();
    for (const accepted of ['gzip', 'identity', '']) {
      const accept = { 'Accept-Encoding': accepted };
      const found = await app.request('/', { headers: accept });
      const cached = await app.request('/', { headers: { ...accept, 'If-None-Match': '"v7"' } });
      expect([cached.status, cached.headers.get('content-type')]).toEqual([304, null]);
      expect([cached.headers.get('vary'), found.headers.get('vary')]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
    }
  });

  it.each(apps)('%s, and the weak form of its tag where no tag was named', async (_, make) => {
    const app = make();
    expect(await tagOf(app, GZIP)).toBe('"v7-gzip"');
    for (const field of [{ 'If-None-Match': '*' }, { 'If-Modified-Since': date }]) {
      const cached = await app.request('/', { headers: { ...GZIP, ...field } });
      expect([cached.status, cached.headers.get('etag')]).toEqual([304, 'W/"v7"']);
    }
  });

  it('and none where nothing codes', async () => {
    const app = new Hono().use((_, next) => next(), etag()).get('/', (c) => c.text(TEXT, 200, own));
    expect((await app.request('/', { headers: { 'If-None-Match': '"v7"' } })).headers.get('vary')).toBeNull();
  });
});
