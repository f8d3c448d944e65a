import { serveFile } from '@etag/fetch/file';
import { etag } from '@etag/hono';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { expect, it } from 'vitest';
import { origin } from './serve.ts';

it('serveFile in Hono, among its middlewares', async () => {
  const app = new Hono();
  app.use(cors(), etag(), compress());
  app.get('/file', (c) =>
    serveFile(c.req.raw, new URL(import.meta.url), { 'Content-Type': 'application/octet-stream' }),
  );
  const url = `${await origin((request) => app.fetch(request))}/file`;
  const ask = (headers: Record<string, string>) => fetch(url, { headers });

  const { headers } = await ask({});
  const [tag = '', date = ''] = [headers.get('etag') ?? '', headers.get('last-modified') ?? ''];
  expect([tag, headers.get('access-control-allow-origin')]).toEqual([expect.stringMatching(/^W\//), '*']);
  expect((await ask({ 'if-none-match': tag })).status).toBe(304);
  expect((await ask({ 'if-match': '"another"' })).status).toBe(412);
  const part = await ask({ range: 'bytes=0-5', 'if-range': date });
  expect([part.status, await part.text()]).toEqual([206, 'import']);
  for (const stale of ['"another"', tag, 'Thu, 01 Jan 1970 00:00:00 GMT']) {
    expect((await ask({ range: 'bytes=0-5', 'if-range': stale })).status).toBe(200);
  }
});
