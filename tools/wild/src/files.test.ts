import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { etag as expressEtag } from '@etag/express';
import { etag as koaEtag } from '@etag/koa';
import { etag as nodeEtag, serveFile } from '@etag/node';
import compression from 'compression';
import connect from 'connect';
import express from 'express';
import Koa from 'koa';
import compress from 'koa-compress';
import { expect, it, onTestFinished } from 'vitest';
import { STATIC } from './application.ts';
import { serveHandler } from './listen.ts';

const page = join(STATIC, 'page.txt');
const TYPE = 'application/octet-stream';
type Middleware = (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

function onKoa() {
  const app = new Koa();
  app.use(koaEtag());
  app.use(compress());
  app.use(async (ctx) => {
    ctx.type = TYPE;
    // The response is sent by serveFile(), and not by Koa.
    ctx.respond = false;
    await serveFile(ctx.req, ctx.res, page);
  });
  return app.callback();
}

function onExpress() {
  const app = express();
  app.use(expressEtag(), compression());
  app.get('/', (req, res) => serveFile(req, res.type(TYPE), page));
  return app;
}

function onConnect() {
  const app = connect();
  app.use(nodeEtag());
  app.use(compression() as unknown as Middleware);
  app.use((req, res) => void serveFile(req, res.setHeader('Content-Type', TYPE), page));
  return app;
}

it.each([
  ['koa', onKoa],
  ['express', onExpress],
  ['connect', onConnect],
])('serveFile in %s, inside of etag() and compression', async (_, appOf) => {
  const { origin, close } = await serveHandler(appOf());
  onTestFinished(() => void close());
  const ask = (headers: Record<string, string>) => fetch(origin, { headers });

  const found = await ask({});
  const [tag = '', date = ''] = [found.headers.get('etag') ?? '', found.headers.get('last-modified') ?? ''];
  expect([found.status, tag, (await found.text()).length]).toEqual([200, expect.stringMatching(/^W\//), 3400]);
  const cached = await ask({ 'if-none-match': tag });
  expect([cached.status, cached.headers.get('etag'), await cached.text()]).toEqual([304, tag, '']);
  const refused = await ask({ 'if-match': '"another"' });
  expect([refused.status, (await refused.json()).status]).toEqual([412, 412]);
  const part = await ask({ range: 'bytes=2-5', 'if-range': date });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-5/3400', 'line']);
  for (const stale of ['"another"', tag, 'Thu, 01 Jan 1970 00:00:00 GMT']) {
    expect((await ask({ range: 'bytes=2-5', 'if-range': stale })).status).toBe(200);
  }
});
