import { once } from 'node:events';
import { connect as connectHttp2, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { contentTag } from '@etag/core';
import compress from '@fastify/compress';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { etag, etagPlugin } from './index.ts';

const apps: FastifyInstance[] = [];
afterEach(async () => void (await Promise.all(apps.splice(0).map((app) => app.close()))));

function newApp(): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  apps.push(app);
  return app;
}

async function appWith(handler: (reply: FastifyReply) => unknown, route = {}): Promise<FastifyInstance> {
  const app = newApp();
  await app.register(etagPlugin);
  app.get('/', route, (_request, reply) => void handler(reply));
  return app;
}

/** What comes over the wire: all responses to requests that are sent one after the other on one connection. */
async function exchange(app: FastifyInstance, ...requests: string[]): Promise<string[]> {
  if (!app.server.listening) await app.listen({ port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port);
  let received = '';
  socket.setEncoding('latin1').on('data', (data) => {
    received += data;
  });
  const last = requests.length - 1;
  const heads = requests.map((head, at) => `${head}\r\nHost: a\r\n${at === last ? 'Connection: close\r\n' : ''}\r\n`);
  socket.end(heads.join(''), 'latin1');
  await once(socket, 'close');
  return received.split(/(?=HTTP\/1\.1 )/);
}

const get = (field = 'X-Nothing: 1') => `GET / HTTP/1.1\r\n${field}`;
const nameOf = (line: string) => line.slice(0, line.indexOf(':')).toLowerCase();
const namesIn = (response = '') => (response.split('\r\n\r\n', 1)[0] ?? '').split('\r\n').slice(1).map(nameOf);

describe('the framing of a 304 and of a 412', () => {
  it.each<[string, (reply: FastifyReply) => FastifyReply]>([
    ['a Trailer field', (reply) => reply.header('Trailer', 'Server-Timing')],
    ['a Transfer-Encoding', (reply) => reply.header('Transfer-Encoding', 'chunked')],
    ['trailers', (reply) => reply.trailer('Server-Timing', async () => 'db;dur=5')],
  ])('is their own: %s', async (name, announce) => {
    for (const payload of [() => 'content', () => Readable.from(['content'])]) {
      const app = await appWith((reply) => announce(reply.header('ETag', '"v1"')).send(payload()));
      const [match, failed, again] = await exchange(
        app,
        get('If-None-Match: "v1"'),
        get('If-Match: "v0"'),
        get('If-None-Match: "v1"'),
      );
      expect(match).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/);
      expect(namesIn(match).filter((it) => !/^(etag|date|connection|keep-alive)$/.test(it))).toEqual([]);
      expect(match?.split('\r\n\r\n')[1]).toBe('');
      expect(failed).toMatch(/^HTTP\/1\.1 412 Precondition Failed\r\n/);
      // What a handler announces by reply.trailer(), Fastify sends with every response, chunked.
      if (name !== 'trailers') expect(namesIn(failed)).not.toContain('trailer');
      expect(namesIn(failed).filter((it) => /content-length|transfer-encoding/.test(it))).toHaveLength(1);
      expect(again).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/);
    }
  });

  it('has no reason phrase of the 200', async () => {
    const app = await appWith((reply) => {
      reply.raw.statusMessage = 'Fine';
      reply.header('ETag', '"v1"').send('content');
    });
    const [found, match, failed] = await exchange(app, get(), get('If-None-Match: "v1"'), get('If-Match: "v0"'));
    expect([found, match, failed].map((response) => response?.split('\r\n', 1)[0])).toEqual([
      'HTTP/1.1 200 Fine',
      'HTTP/1.1 304 Not Modified',
      'HTTP/1.1 412 Precondition Failed',
    ]);
  });
});

it('keeps the CORS fields and the request id on a 412, and nothing of the representation', async () => {
  const app = await appWith((reply) =>
    reply
      .headers({ 'Access-Control-Allow-Origin': '*', 'X-Request-Id': '7', Vary: 'Origin', 'Content-Language': 'en' })
      .headers({ ETag: 'v7', 'Last-Modified': 'Sun, 06 Nov 1994 08:49:38 GMT', 'Cache-Control': 'max-age=60' })
      .send('content'),
  );
  const headers = { 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' };
  const failed = await app.inject({ url: '/', headers });
  expect([failed.statusCode, Object.keys(failed.headers)]).toEqual([
    412,
    ['access-control-allow-origin', 'x-request-id', 'vary', 'content-type', 'content-length', 'date', 'connection'],
  ]);
});

it.each<[string, (request: { headers: Record<string, unknown>; raw: { headers: Record<string, unknown> } }) => void]>([
  ['in place', ({ headers }) => Object.assign(headers, { 'if-none-match': '"other"' })],
  ['on the request of Node', ({ raw }) => Object.assign(raw.headers, { 'if-none-match': '"other"' })],
  [
    'by an assignment',
    (request) => {
      request.headers = { 'if-none-match': '"other"' };
    },
  ],
])('goes by the request fields that a hook sets: %s', async (_, rewrite) => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
  const app = newApp();
  app.addHook('onRequest', async (request) => rewrite(request as never));
  await app.register(etagPlugin);
  app.get('/', (_request, reply) => void reply.headers({ ETag: '"v1"', 'Last-Modified': date }).send('content'));
  const preHandler = etag({ current: () => ({ etag: '"v1"', lastModified: new Date(date) }) });
  app.get('/early', { preHandler }, async () => 'content');
  const origin = await app.listen({ port: 0 });
  for (const path of ['/', '/early']) {
    const headers = { 'If-None-Match': '"v1"', 'If-Modified-Since': date };
    expect((await fetch(origin + path, { headers })).status).toBe(200);
  }
});

describe('content codings', () => {
  const gzip = { 'accept-encoding': 'gzip' };

  it('keep the tag of what came coded, and rename that of what is coded later', async () => {
    const app = newApp();
    await app.register(compress);
    await app.register(etagPlugin);
    const content = 'content '.repeat(500);
    app.get('/stored', (_request, reply) => {
      reply.headers({ ETag: '"v1"', 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' });
      reply.send(Buffer.from(content));
    });
    app.get('/plain', (_request, reply) => void reply.header('ETag', '"v1"').send(content));
    expect((await app.inject({ url: '/stored', headers: gzip })).headers.etag).toBe('"v1"');
    expect((await app.inject({ url: '/plain', headers: gzip })).headers.etag).toBe('"v1-gzip"');
    for (const url of ['/stored', '/plain']) {
      const match = await app.inject({ url, headers: { ...gzip, 'if-none-match': '"v1"' } });
      expect([match.statusCode, match.headers.etag]).toEqual([304, '"v1"']);
      expect((await app.inject({ url, headers: { ...gzip, 'if-match': '"v0"' } })).headers.etag).toBe('"v1"');
    }
  });

  it('of early tags are those of the handler as well', async () => {
    const app = newApp();
    await app.register(compress, { global: false });
    await app.register(etagPlugin);
    const preHandler = etag({ current: () => ({ etag: '"v7"' }) });
    app.get('/', { preHandler }, (_request, reply) => void reply.type('text/plain').compress('content '.repeat(500)));
    const found = await app.inject({ url: '/', headers: gzip });
    expect([found.headers['content-encoding'], found.headers.etag]).toEqual(['gzip', '"v7-gzip"']);
  });

  it('make the tag of a 304 weak where nobody knows the coding of the 200', async () => {
    const app = newApp();
    await app.register(compress);
    await app.register(etagPlugin);
    const date = 'Sun, 06 Nov 1994 08:49:38 GMT';
    const fields = { ETag: '"v7"', 'Last-Modified': date };
    app.get('/', (_request, reply) => void reply.headers(fields).send('content '.repeat(500)));
    const preHandler = etag({ current: () => ({ etag: '"v7"', lastModified: new Date(date) }) });
    app.get('/early', { preHandler }, async () => 'content '.repeat(500));
    for (const url of ['/', '/early']) {
      for (const headers of [{ 'if-none-match': '*' }, { 'if-modified-since': date }]) {
        const match = await app.inject({ url, headers: { ...gzip, ...headers } });
        expect([match.statusCode, match.headers.etag, match.headers.vary]).toEqual([304, 'W/"v7"', 'accept-encoding']);
        const identity = await app.inject({ url, headers });
        expect([identity.statusCode, identity.headers.etag, identity.headers.vary]).toEqual([304, '"v7"', undefined]);
      }
    }
  });
});

it('evaluates the tag of a fetch-style response', async () => {
  const own = (tag: string, body: string | null = 'content') =>
    new Response(body, { headers: { ETag: tag, 'X-A': '1' } });
  const app = await appWith((reply) => reply.send(own('"v7"')));
  const match = await app.inject({ url: '/', headers: { 'if-none-match': '"v7"' } });
  expect([match.statusCode, match.headers['x-a'], match.headers['content-type']]).toEqual([304, '1', undefined]);
  expect((await app.inject({ url: '/', headers: { 'if-match': '"v6"' } })).statusCode).toBe(412);
  const broken = await appWith((reply) => reply.send(own('v7')));
  const found = await broken.inject('/');
  expect([found.statusCode, found.body, found.headers.etag]).toEqual([200, 'content', undefined]);
  const empty = await appWith((reply) => reply.send(own('"v7"', null)));
  for (const method of ['GET', 'HEAD'] as const) {
    const answer = await empty.inject({ method, url: '/' });
    expect([answer.statusCode, answer.body, answer.headers.etag]).toEqual([200, '', '"v7"']);
  }
});

it('leaves a route alone that is switched off', async () => {
  const app = await appWith((reply) => reply.header('Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT').send('content'), {
    config: { etag: false },
  });
  const found = await app.inject({ url: '/', headers: { 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' } });
  expect([found.statusCode, found.headers.etag]).toEqual([200, undefined]);
  expect((await app.inject('/nowhere')).statusCode).toBe(404);
});

it.each<[string, (error?: unknown) => never]>([
  [
    'throws',
    () => {
      throw new Error('no digest');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no digest')) as never],
  ['rejects with nothing', () => Promise.reject(null) as never],
])('sends the content without a tag when a digest %s', async (_, digest) => {
  const app = newApp();
  const onDecision = vi.fn();
  await app.register(etagPlugin, { digest, onDecision });
  app.get('/', async () => 'content');
  const untagged = await app.inject('/');
  expect([untagged.statusCode, untagged.body, untagged.headers.etag]).toEqual([200, 'content', undefined]);
  expect(onDecision.mock.calls[0]).toMatchObject([{ reason: 'fault', route: '/' }]);
});

it.each<[string, unknown]>([
  ['an unquoted tag', { etag: 'v7' }],
  ['a tag with a blank', { etag: '"a b"' }],
  ['a number', { etag: 7 }],
  ['a tag as it is', '"v7"'],
  ['no time', { etag: '"v7"', lastModified: new Date(Number.NaN) }],
])('fails at the first request when `current` gives %s', async (_, state) => {
  const app = newApp();
  await app.register(etagPlugin);
  app.get('/', { preHandler: etag({ current: () => state as never }) }, async () => 'content');
  const failed = await app.inject('/');
  expect([failed.statusCode, failed.headers.etag, failed.headers['last-modified']]).toEqual([
    500,
    undefined,
    undefined,
  ]);
});

it.each([
  ['with', true],
  ['without', false],
])('sends a tag with letters beyond ASCII as it is, %s the plugin', async (_, isRegistered) => {
  const app = newApp();
  if (isRegistered) await app.register(etagPlugin);
  app.get('/', { preHandler: etag({ current: () => ({ etag: '"café"' }) }) }, async () => 'déjà vu');
  const [found, match] = await exchange(app, get(), get('If-None-Match: "café"'));
  expect(found).toMatch(/^etag: "café"\r$/im);
  expect(Buffer.from(found ?? '', 'latin1').toString()).toMatch(/déjà vu$/);
  expect(match).toMatch(/^HTTP\/1\.1 304 /);
});

it('makes a 304 of a stream with trailers over HTTP/2', async () => {
  const app = Fastify({ http2: true });
  await app.register(etagPlugin);
  app.get('/', (_request, reply) => {
    reply.header('ETag', '"v1"').trailer('server-timing', async () => 'db;dur=5');
    reply.send(Readable.from(['content']));
  });
  const client = connectHttp2(await app.listen({ port: 0 }));
  const ask = async (fields: Record<string, string>) => {
    const stream = client.request({ ':path': '/', ...fields });
    const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
    stream.resume();
    await once(stream, 'end');
    return [head[':status'], head.etag];
  };
  expect(await ask({ 'if-none-match': '"v1"' })).toEqual([304, '"v1"']);
  expect(await ask({ 'if-match': '"v0"' })).toEqual([412, '"v1"']);
  expect(await ask({})).toEqual([200, '"v1"']);
  client.close();
  await app.close();
});

it('drops a policy with a nonce from an early 304, which would block the scripts of the stored page', async () => {
  const app = newApp();
  app.addHook(
    'onRequest',
    async (_request, reply) => void reply.header('Content-Security-Policy', "script-src 'nonce-1'"),
  );
  app.get('/', { preHandler: etag({ current: () => ({ etag: '"v7"' }) }) }, async () => 'content');
  const match = await app.inject({ url: '/', headers: { 'if-none-match': '"v7"' } });
  expect([match.statusCode, match.headers['content-security-policy']]).toEqual([304, undefined]);
});

it('keeps what hooks say of a 200 on its 304, where they come before the plugin', async () => {
  const app = newApp();
  // As @fastify/caching does it: what is not a 2xx is not to be stored.
  app.addHook('onSend', async (_request, reply) => {
    reply.header('Cache-Control', reply.statusCode < 300 ? 'private, max-age=60' : 'no-store');
  });
  await app.register(etagPlugin);
  app.get('/', async () => 'content');
  const headers = { 'if-none-match': await contentTag('content') };
  const match = await app.inject({ url: '/', headers });
  expect([match.statusCode, match.headers['cache-control']]).toEqual([304, 'private, max-age=60']);
});
