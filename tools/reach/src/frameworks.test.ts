import { createServer } from 'node:http';
import { etag, middleware } from '@etag/fetch';
import { etag as honoEtag } from '@etag/hono';
import { os } from '@orpc/server';
import { RPCHandler } from '@orpc/server/fetch';
import { Elysia } from 'elysia';
import { H3, toNodeHandler, toResponse } from 'h3';
import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { NextRequest } from 'next/server.js';
import { createRequestHandler, type ServerBuild } from 'react-router';
import { expect, it } from 'vitest';
import { check } from './check.ts';
import { current, NOTE, save } from './note.ts';
import * as note from './react-router-note.ts';
import { listening, origin } from './serve.ts';

// Frameworks that need no build: each is the real package, served on a socket.

it('h3', async () => {
  const tagged = middleware();
  const app = new H3();
  app.use((event, next) => tagged(event.req, async () => toResponse(await next(), event)));
  app.get('/note', () => NOTE);
  app.put('/note', (event) => save(event.req));
  await check(`${await listening(createServer(toNodeHandler(app)).listen(0))}/note`);
});

it('Elysia', async () => {
  const app = new Elysia().get('/note', () => NOTE).put('/note', ({ request }) => save(request));
  const fetch = etag(async (request) => app.fetch(request));
  await check(`${await origin(fetch)}/note`);
});

it('oRPC', async () => {
  const note = os.route({ method: 'GET' }).handler(() => NOTE);
  const handler = new RPCHandler({ note });
  const serveNote = etag(async (request) => {
    const { response } = await handler.handle(request, { prefix: '/rpc', context: {} });
    return response ?? new Response('not found', { status: 404 });
  });
  await check(`${await origin(serveNote)}/rpc/note`, { writes: false });
});

it('Next route handlers', async () => {
  type Context = { params: Promise<{ id: string }> };
  const GET = etag(async (request: NextRequest, { params }: Context) =>
    Response.json({ ...NOTE, id: (await params).id, query: request.nextUrl.search }),
  );
  const context = { params: Promise.resolve({ id: '1' }) };
  const route = (request: Request) =>
    request.method === 'PUT'
      ? save(request)
      : GET(new NextRequest(request.url, { headers: Object.fromEntries(request.headers) }), context);
  await check(`${await origin(route)}/note`);
});

it('React Router', async () => {
  const build = {
    entry: { module: { default: () => new Response('page') } },
    routes: { note: { id: 'note', path: 'note', module: note } },
    assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '1' },
    assetsBuildDirectory: '',
    future: {},
    isSpaMode: false,
    prerender: [],
    publicPath: '/',
    routeDiscovery: { mode: 'initial', manifestPath: '/__manifest' },
    ssr: true,
  } as unknown as ServerBuild;
  const handler = createRequestHandler(build, 'production');
  await check(`${await origin((request) => handler(request))}/note`);
});

it('AWS Lambda, by hono', async () => {
  const app = new Hono();
  app.use(honoEtag());
  app.get('/note', (c) => c.json(NOTE));
  const lambda = handle(app);
  const invoke = (headers: Record<string, string> = {}) =>
    lambda({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/note',
      rawQueryString: '',
      headers: { host: 'example.test', ...headers },
      isBase64Encoded: false,
      requestContext: { http: { method: 'GET', path: '/note' }, domainName: 'example.test' },
    } as never) as Promise<{ statusCode: number; headers: Record<string, string>; body: string }>;
  const { statusCode, headers } = await invoke();
  expect(statusCode).toBe(200);
  const cached = await invoke({ 'if-none-match': headers.etag ?? '' });
  expect([cached.statusCode, cached.headers.etag, cached.body]).toEqual([304, headers.etag, '']);
  expect((await invoke({ 'if-match': '"another"' })).statusCode).toBe(412);
});

it('a state that is known early', async () => {
  const tagged = middleware({ current });
  const app = new H3();
  let rendered = 0;
  app.use((event, next) => tagged(event.req, async () => toResponse(await next(), event)));
  app.get('/note', () => {
    rendered++;
    return NOTE;
  });
  await check(`${await listening(createServer(toNodeHandler(app)).listen(0))}/note`, { writes: false });
  expect(rendered).toBe(1);
});
