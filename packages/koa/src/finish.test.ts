import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import {
  connect as connectHttp2,
  createServer,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import Koa, { type Context } from 'koa';
import compress from 'koa-compress';
import Koa2 from 'koa2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../test/boot.ts';
import { etag } from './index.ts';

type Handler = (ctx: Context) => unknown;

/** What comes over the wire: all responses to requests that are sent one after the other on one connection. */
async function exchange(app: Koa, ...fields: string[]): Promise<string[]> {
  app.silent = true;
  const { origin, close } = await serve(app);
  onTestFinished(() => void close());
  const socket = connect(Number(new URL(origin).port));
  let received = '';
  socket.setEncoding('latin1').on('data', (data) => {
    received += data;
  });
  const last = fields.length - 1;
  const requests = fields.map(
    (field, at) => `GET / HTTP/1.1\r\nHost: a\r\n${field}\r\n${at === last ? 'Connection: close\r\n' : ''}\r\n`,
  );
  socket.end(requests.join(''), 'latin1');
  await once(socket, 'close');
  return received.split(/(?=HTTP\/1\.1 )/);
}

const nameOf = (line: string) => line.slice(0, line.indexOf(':')).toLowerCase();
const namesIn = (response = '') => (response.split('\r\n\r\n', 1)[0] ?? '').split('\r\n').slice(1).map(nameOf);

describe.each([
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
])('%s', (_, Application) => {
  it.each<[string, Record<string, string>]>([
    ['a Trailer field', { Trailer: 'Server-Timing' }],
    ['a Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }],
    ['both', { Trailer: 'Server-Timing', 'Transfer-Encoding': 'chunked' }],
  ])('frames a 304 and a 412 by itself: %s', async (_, fields) => {
    for (const body of [() => 'content', () => Readable.from([Buffer.from('content')])]) {
      const app = new Application().use(etag()).use((ctx) => {
        ctx.set({ ETag: '"v1"', ...fields });
        ctx.body = body();
      });
      const [match, failed, again] = await exchange(
        app,
        'If-None-Match: "v1"',
        'If-Match: "v0"',
        'If-None-Match: "v1"',
      );
      expect(match).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/);
      expect(namesIn(match).filter((it) => !/^(etag|date|connection|keep-alive)$/i.test(it))).toEqual([]);
      expect(match?.split('\r\n\r\n')[1]).toBe('');
      expect(failed).toMatch(/^HTTP\/1\.1 412 Precondition Failed\r\n/);
      expect(namesIn(failed)).not.toContain('trailer');
      expect(namesIn(failed).filter((it) => /content-length|transfer-encoding/.test(it))).toEqual(['content-length']);
      expect(again).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/);
    }
  });

  it('has no reason phrase of the 200 on a 304 or a 412', async () => {
    const app = new Application().use(etag()).use((ctx) => {
      ctx.set('ETag', '"v1"');
      ctx.body = 'content';
      ctx.message = 'Fine';
    });
    const responses = await exchange(app, 'X-A: 1', 'If-None-Match: "v1"', 'If-Match: "v0"');
    expect(responses.map((response) => response.split('\r\n', 1)[0])).toEqual([
      'HTTP/1.1 200 Fine',
      'HTTP/1.1 304 Not Modified',
      'HTTP/1.1 412 Precondition Failed',
    ]);
  });

  it.each<[string, Koa.Middleware[], Handler]>([
    ['of `current`', [etag({ current: () => ({ etag: '"café"' }) })], () => {}],
    ['of the handler', [etag()], (ctx) => ctx.set('ETag', '"café"')],
    ['of a digest', [etag({ digest: () => 'café' })], () => {}],
  ])('sends a tag with letters beyond ASCII as it is: %s', async (_, middleware, handler) => {
    const app = new Application();
    for (const each of middleware) app.use(each);
    app.use((ctx) => {
      handler(ctx);
      ctx.body = 'déjà vu';
    });
    const [found, match] = await exchange(app, 'X-A: 1', 'If-None-Match: "café"');
    expect(found).toMatch(/^etag: "café"\r$/im);
    expect(Buffer.from(found ?? '', 'latin1').toString()).toMatch(/déjà vu$/);
    expect(match).toMatch(/^HTTP\/1\.1 304 /);
  });

  it('keeps the CORS fields and the request id on a 412, and nothing of the representation', async () => {
    const app = new Application().use(etag()).use((ctx) => {
      ctx.set({ 'Access-Control-Allow-Origin': '*', 'X-Request-Id': '7', Vary: 'Origin', 'Content-Language': 'en' });
      ctx.set({ ETag: 'v7', 'Last-Modified': 'Sun, 06 Nov 1994 08:49:38 GMT', 'Cache-Control': 'max-age=60' });
      ctx.body = 'content';
    });
    const [failed] = await exchange(app, 'If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT');
    expect(failed).toMatch(/^HTTP\/1\.1 412 /);
    expect(namesIn(failed)).toEqual([
      'access-control-allow-origin',
      'x-request-id',
      'vary',
      'content-type',
      'content-length',
      'date',
      'connection',
    ]);
  });
});

it.each<[string, (ctx: Context) => void]>([
  ['in place', ({ headers }) => Object.assign(headers, { 'if-none-match': '"other"' })],
  [
    'by an assignment',
    (ctx) => {
      ctx.request.headers = { ...ctx.headers, 'if-none-match': '"other"' };
    },
  ],
])('goes by the request fields that a middleware sets: %s', async (_, rewrite) => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
  for (const middleware of [etag(), etag({ current: () => ({ etag: '"v1"', lastModified: new Date(date) }) })]) {
    const app = new Koa();
    app.use((ctx, next) => {
      rewrite(ctx);
      return next();
    });
    app.use(middleware).use((ctx) => {
      ctx.set({ ETag: '"v1"', 'Last-Modified': date });
      ctx.body = 'content';
    });
    const [found] = await exchange(app, `If-None-Match: "v1"\r\nIf-Modified-Since: ${date}`);
    expect(found).toMatch(/^HTTP\/1\.1 200 /);
  }
});

it.each<[string, () => never]>([
  [
    'throws',
    () => {
      throw new Error('no digest');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no digest')) as never],
])('sends the content without a tag when a digest %s', async (_, digest) => {
  const app = new Koa().use(etag({ digest, onDecision() {} })).use((ctx) => {
    ctx.body = 'content';
  });
  const [failed] = await exchange(app, 'X-A: 1');
  expect(failed).toMatch(/^HTTP\/1\.1 200 /);
  expect(namesIn(failed)).not.toContain('etag');
});

it('answers over HTTP/2', async () => {
  const text = 'content '.repeat(500);
  const app = new Koa();
  app
    .use(etag())
    .use(compress())
    .use((ctx) => {
      ctx.set({ ETag: '"v1"', 'Content-Language': 'en' });
      ctx.body = text;
    });
  const server = createServer(app.callback()).listen(0);
  const client = connectHttp2(`http://localhost:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => void [client.close(), server.close()]);
  const ask = async (fields: Record<string, string>) => {
    const stream = client.request({ ':path': '/', 'accept-encoding': 'gzip', ...fields });
    const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
    stream.resume();
    await once(stream, 'end');
    return [head[':status'], head.etag, head['content-language']];
  };
  expect(await ask({})).toEqual([200, '"v1-gzip"', 'en']);
  expect(await ask({ 'if-none-match': '"v1-gzip"' })).toEqual([304, '"v1-gzip"', undefined]);
  expect(await ask({ 'if-match': '"v0"' })).toEqual([412, '"v1"', undefined]);
});
