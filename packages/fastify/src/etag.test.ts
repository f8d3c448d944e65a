import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect as connectHttp2, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { contentTag } from '@etag/core';
import compress from '@fastify/compress';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { etag, etagPlugin } from './index.ts';

const apps: FastifyInstance[] = [];
afterEach(async () => void (await Promise.all(apps.splice(0).map((app) => app.close()))));

function newApp(): FastifyInstance {
  const app = Fastify();
  apps.push(app);
  return app;
}

async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ port: 0 });
  return `http://localhost:${(app.server.address() as AddressInfo).port}`;
}

/** More than @fastify/compress codes without a stream. */
const LONG = 'The same content gives the same tag in every process.\n'.repeat(50_000);
const coded = (tag: string) => `${tag.slice(0, -1)}-gzip"`;

describe('content tags', () => {
  it.each([
    ['a string', () => '{"a":1}'],
    ['an object', () => ({ a: 1 })],
    ['a Buffer', () => Buffer.from('{"a":1}')],
    ['a Uint8Array', () => new TextEncoder().encode('{"a":1}')],
  ])('are of what is sent: %s', async (_, payload) => {
    const app = newApp();
    app.register(etagPlugin);
    app.get('/', async () => payload());
    const found = await app.inject('/');
    expect([found.headers.etag, found.body]).toEqual([await contentTag('{"a":1}'), '{"a":1}']);
    const cached = await app.inject({ url: '/', headers: { 'if-none-match': found.headers.etag as string } });
    expect([cached.statusCode, cached.body]).toEqual([304, '']);
  });

  it.each([
    ['nothing', () => undefined],
    ['a stream', () => Readable.from(['abc'])],
    ['a ReadableStream', () => new Response('abc').body],
    ['a Response', () => new Response('abc')],
  ])('are not of %s', async (_, payload) => {
    const app = newApp();
    app.register(etagPlugin);
    app.get('/', (_request, reply) => void reply.send(payload()));
    const found = await app.inject({ url: '/', headers: { 'if-none-match': '*' } });
    expect([found.statusCode, found.headers.etag]).toEqual([200, undefined]);
    expect(found.body).toBe(payload() ? 'abc' : '');
  });

  it('take the options', async () => {
    const app = newApp();
    app.register(etagPlugin, { weak: true, digest: async (content) => String(content.length) });
    app.get('/', async () => 'abc');
    expect((await app.inject('/')).headers.etag).toBe('W/"3"');
  });

  it('are of what hooks before them make of the content', async () => {
    const app = newApp();
    app.addHook('onSend', async (_request, _reply, payload) => String(payload).toUpperCase());
    app.register(etagPlugin);
    app.get('/', async () => 'abc');
    expect((await app.inject('/')).headers.etag).toBe(await contentTag('ABC'));
  });

  it('hold for the instance that the plugin is registered on', async () => {
    const app = newApp();
    app.register(async (child) => {
      child.register(etagPlugin);
      child.get('/inside', async () => 'abc');
    });
    app.get('/outside', async () => 'abc');
    expect((await app.inject('/inside')).headers.etag).toBe(await contentTag('abc'));
    expect((await app.inject('/outside')).headers.etag).toBeUndefined();
  });

  it('let no tag leave that is not one', async () => {
    const app = newApp();
    app.register(etagPlugin);
    app.get('/', async (_request, reply) => reply.header('ETag', 'v7').send('abc'));
    const found = await app.inject({ url: '/', headers: { 'if-none-match': '*' } });
    expect([found.statusCode, found.headers.etag]).toEqual([200, undefined]);
  });

  it('keep cookies on the 304, and no field of the content: not even of the HEAD that Fastify adds', async () => {
    const app = newApp();
    app.register(etagPlugin);
    app.get('/', async (_request, reply) => {
      reply.header('Set-Cookie', 'a=1').header('Set-Cookie', 'b=2').header('Content-Language', 'en');
      return 'abc';
    });
    const headers = { 'if-none-match': (await app.inject('/')).headers.etag as string };
    for (const method of ['GET', 'HEAD'] as const) {
      const { statusCode, headers: fields } = await app.inject({ method, url: '/', headers });
      expect([statusCode, fields['set-cookie'], Object.keys(fields).filter((name) => /^content-/.test(name))]).toEqual([
        304,
        ['a=1', 'b=2'],
        [],
      ]);
    }
    const found = await app.inject({ method: 'HEAD', url: '/' });
    expect([found.statusCode, found.headers.etag]).toEqual([200, headers['if-none-match']]);
    expect(found.headers['content-length']).toBe('3');
  });

  it('guard a read by If-Match, through the error path', async () => {
    const app = newApp();
    app.register(etagPlugin);
    app.get('/', async (_request, reply) => reply.header('Cache-Control', 'max-age=60').send('abc'));
    const refused = await app.inject({ url: '/', headers: { 'if-match': '"v6"' } });
    expect([refused.statusCode, refused.headers.etag]).toEqual([412, await contentTag('abc')]);
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(refused.headers['cache-control']).toBeUndefined();
    expect(refused.json()).toMatchObject({ field: 'if-match', reason: 'no-match' });
  });
});

describe('streams', () => {
  it.each([
    ['a stream', () => new Readable({ read() {} }), (stream: unknown) => (stream as Readable).destroyed],
    [
      'a ReadableStream',
      () => Object.assign(new ReadableStream(), { cancel: vi.fn(async () => {}) }),
      (stream: unknown) => vi.mocked((stream as ReadableStream).cancel).mock.calls.length === 1,
    ],
  ])('are stopped when they do not go out: %s', async (_, payload, isStopped) => {
    const stream = payload();
    const app = newApp();
    app.register(etagPlugin);
    app.get('/', (_request, reply) => void reply.header('ETag', '"v7"').send(stream));
    const cached = await app.inject({ url: '/', headers: { 'if-none-match': '"v7"' } });
    expect([cached.statusCode, cached.headers.etag, isStopped(stream)]).toEqual([304, '"v7"', true]);
  });

  it.each([{ 'if-none-match': '"v7"' }, { 'if-match': '"v6"' }])('and what is piped into them: %j', async (headers) => {
    const source = new Readable({ read() {} });
    const app = newApp();
    app.register(etagPlugin);
    const payload = source.pipe(new PassThrough()).pipe(new PassThrough());
    app.get('/', (_request, reply) => void reply.header('ETag', '"v7"').send(payload));
    await app.inject({ url: '/', headers: headers as Record<string, string> });
    await vi.waitFor(() => expect(source.destroyed).toBe(true));
  });

  it('pass through without being held', async () => {
    const SIZE = 256 * 2 ** 20;
    const chunk = Buffer.alloc(2 ** 18);
    const app = newApp();
    app.register(etagPlugin);
    app.get('/', (_request, reply) => {
      let left = SIZE / chunk.length;
      const read = function (this: Readable) {
        this.push(left-- > 0 ? chunk : null);
      };
      reply.send(new Readable({ read }));
    });
    // A client that reads into one buffer, so that all growth is the server's.
    const { port } = new URL(await listen(app));
    const buffer = Buffer.alloc(2 ** 16);
    const before = process.memoryUsage.rss();
    let [received, peak, head] = [0, before, ''];
    const callback = (length: number) => {
      head ||= buffer.toString('latin1', 0, length);
      received += length;
      peak = Math.max(peak, process.memoryUsage.rss());
      return true;
    };
    const socket = connect({ port: Number(port), host: 'localhost', onread: { buffer, callback } });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await once(socket, 'close');
    expect(received).toBeGreaterThan(SIZE);
    expect(head).not.toMatch(/^etag:/im);
    expect((peak - before) / 2 ** 20).toBeLessThan(64);
  });
});

describe('early tags', () => {
  const lastModified = Date.UTC(2026, 0, 1);

  it('never run the handler on a match, and add their validators otherwise', async () => {
    const show = vi.fn(async () => 'shown');
    const app = newApp();
    app.register(etagPlugin);
    app.get('/:id', { preHandler: etag({ current: async () => ({ etag: '"v7"', lastModified }) }) }, show);
    for (const method of ['GET', 'HEAD'] as const) {
      const cached = await app.inject({ method, url: '/1', headers: { 'if-none-match': '"v7"' } });
      expect([cached.statusCode, cached.headers.etag]).toEqual([304, '"v7"']);
      expect(cached.headers['last-modified']).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
      expect(cached.headers['content-length']).toBeUndefined();
    }
    const refused = await app.inject({ url: '/1', headers: { 'if-match': '"v6"' } });
    expect([refused.statusCode, refused.headers.etag]).toEqual([412, '"v7"']);
    expect(show).not.toHaveBeenCalled();
    const found = await app.inject({ url: '/1', headers: { 'if-none-match': '"v6"' } });
    expect([found.statusCode, found.headers.etag]).toEqual([200, '"v7"']);
    expect(found.headers['last-modified']).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
    expect(show).toHaveBeenCalledOnce();
  });

  it.each([
    ['a string', () => 'shown'],
    ['a stream', () => Readable.from(['shown'])],
    ['a Response', () => new Response('shown')],
  ])('need no plugin: %s', async (_, payload) => {
    const app = newApp();
    app.get('/', { preHandler: etag({ current: () => ({ etag: '"v7"' }) }) }, async () => payload());
    const found = await app.inject('/');
    expect([found.body, found.headers.etag]).toEqual(['shown', '"v7"']);
    expect((await app.inject({ url: '/', headers: { 'if-none-match': '"v7"' } })).statusCode).toBe(304);
  });

  it('come after who may ask and what may be asked', async () => {
    const current = vi.fn(() => ({ etag: '"v7"' as const }));
    const app = newApp();
    app.register(etagPlugin);
    const authenticate = async (request: FastifyRequest) => {
      if (!request.headers.authorization) throw Object.assign(new Error('who are you?'), { statusCode: 401 });
    };
    const schema = { querystring: { type: 'object', properties: { page: { type: 'integer' } } } };
    app.get('/', { schema, preHandler: [authenticate, etag({ current })] }, async () => 'shown');
    const headers = { 'if-none-match': '"v7"' };
    expect((await app.inject({ url: '/', headers })).statusCode).toBe(401);
    const authorized = { ...headers, authorization: 'me' };
    expect((await app.inject({ url: '/?page=x', headers: authorized })).statusCode).toBe(400);
    expect(current).not.toHaveBeenCalled();
    expect((await app.inject({ url: '/', headers: authorized })).statusCode).toBe(304);
  });

  it('send what was set before them with the 304', async () => {
    const app = newApp();
    app.addHook('onRequest', async (_request, reply) => void reply.header('Cache-Control', 'no-cache'));
    app.get('/', { preHandler: etag({ current: () => ({ etag: '"v7"' }) }) }, async () => 'shown');
    const cached = await app.inject({ url: '/', headers: { 'if-none-match': '"v7"' } });
    expect([cached.statusCode, cached.headers['cache-control']]).toEqual([304, 'no-cache']);
  });

  it('let the handler set its own, and say that there is nothing', async () => {
    const app = newApp();
    app.register(etagPlugin);
    const preHandler = etag({ current: () => ({ etag: '"v7"', lastModified }) });
    app.get('/own', { preHandler }, async (_request, reply) => reply.header('ETag', '"v8"').send('shown'));
    app.get('/gone', { preHandler }, async (_request, reply) => reply.code(404).send('gone'));
    app.get('/broken', { preHandler }, async () => Promise.reject(new Error('broken')));
    app.get('/absent', { preHandler: etag({ current: () => null }) }, async (_request, reply) => reply.callNotFound());
    expect((await app.inject('/own')).headers.etag).toBe('"v8"');
    for (const [url, status] of [
      ['/gone', 404],
      ['/broken', 500],
      ['/absent', 404],
    ] as const) {
      const { statusCode, headers } = await app.inject({ url, headers: { 'if-match': '*' } });
      expect([statusCode, headers.etag, headers['last-modified']]).toEqual([status, undefined, undefined]);
    }
  });
});

describe('with @fastify/compress', () => {
  const gzip = { 'accept-encoding': 'gzip' };

  it.each(['before', 'after', 'before, and the plugin not awaited'])('registered %s', async (order) => {
    const app = newApp();
    if (order.startsWith('before')) await app.register(compress);
    const registered = app.register(etagPlugin);
    if (!order.includes('not awaited')) await registered;
    if (order === 'after') await app.register(compress);
    const early = { preHandler: etag({ current: () => ({ etag: '"v7"' }) }) };
    app.get('/short', async () => LONG.slice(0, 2000));
    app.get('/long', async () => LONG);
    app.get('/stream', async (_request, reply) => reply.type('text/plain').send(Readable.from([LONG])));
    app.get('/early', early, async () => LONG);
    app.get('/early-stream', early, async (_request, reply) => reply.type('text/plain').send(Readable.from([LONG])));
    for (const [url, tag] of [
      ['/short', await contentTag(LONG.slice(0, 2000))],
      ['/long', await contentTag(LONG)],
      ['/early', '"v7"'],
      ['/early-stream', '"v7"'],
    ] as const) {
      expect((await app.inject(url)).headers.etag).toBe(tag);
      const found = await app.inject({ url, headers: gzip });
      expect([found.headers['content-encoding'], found.headers.etag]).toEqual(['gzip', coded(tag)]);
      for (const held of [tag, coded(tag)]) {
        const cached = await app.inject({ url, headers: { ...gzip, 'if-none-match': held } });
        expect([cached.statusCode, cached.headers.etag, cached.headers.vary]).toEqual([304, held, found.headers.vary]);
        expect(cached.headers['content-encoding']).toBeUndefined();
      }
    }
    const stream = await app.inject({ url: '/stream', headers: gzip });
    expect([stream.headers['content-encoding'], stream.headers.etag]).toEqual(['gzip', undefined]);
  });

  it('called by the handler: another tag, of the coded content', async () => {
    const app = newApp();
    await app.register(compress, { global: false });
    await app.register(etagPlugin);
    app.get('/', (_request, reply) => void reply.compress(LONG.slice(0, 2000)));
    const identity = (await app.inject('/')).headers.etag;
    const { etag: tag, vary } = (await app.inject({ url: '/', headers: gzip })).headers;
    expect(tag).not.toContain(String(identity).slice(1, -1));
    const cached = await app.inject({ url: '/', headers: { ...gzip, 'if-none-match': tag as string } });
    expect([cached.statusCode, cached.headers.etag, cached.headers.vary]).toEqual([304, tag, vary]);
  });
});

it('answers Node’s own fetch with 304, which sends Cache-Control: no-cache along', async () => {
  const app = newApp();
  app.register(etagPlugin);
  app.get('/', async () => 'abc');
  const origin = await listen(app);
  const tag = (await fetch(origin)).headers.get('etag') as string;
  expect((await fetch(origin, { headers: { 'If-None-Match': tag } })).status).toBe(304);
});

it('reads all of the lines of a field that is repeated', async () => {
  const app = newApp();
  app.get('/', { preHandler: etag({ current: () => ({ lastModified: 0 }) }) }, async () => 'abc');
  const date = 'Thu, 01 Jan 1970 00:00:00 GMT';
  const statusOf = async (dates: string[]) => {
    const [response] = (await once(get(origin, { headers: { 'If-Modified-Since': dates } }), 'response')) as [
      IncomingMessage,
    ];
    return response.resume().statusCode;
  };
  const origin = await listen(app);
  expect([await statusOf([date]), await statusOf([date, date])]).toEqual([304, 200]);
});

it('answers over HTTP/2', async () => {
  const app = Fastify({ http2: true });
  await app.register(etagPlugin);
  await app.register(compress);
  app.get('/', async () => LONG);
  const client = connectHttp2(await app.listen({ port: 0 }));
  const ask = async (fields: Record<string, string>) => {
    const stream = client.request({ ':path': '/', 'accept-encoding': 'gzip', ...fields });
    const [head] = (await once(stream, 'response')) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
    stream.resume();
    return [head[':status'], head.etag];
  };
  const tag = coded(await contentTag(LONG));
  expect(await ask({})).toEqual([200, tag]);
  expect(await ask({ 'if-none-match': tag })).toEqual([304, tag]);
  client.close();
  await app.close();
});
