import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2, createServer, type IncomingHttpHeaders } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGzip, gunzipSync } from 'node:zlib';
import { contentTag, versionTag } from '@etag/core';
import Koa, { type Context } from 'koa';
import compress from 'koa-compress';
import Koa2 from 'koa2';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { serve } from '../test/boot.ts';
import { etag } from './index.ts';

type Handler = (ctx: Context) => unknown;

/** Serves middleware with a handler behind it, and gives a fetch of its root. */
async function client(middleware: Koa.Middleware[], handler: Handler, Application = Koa) {
  const app = new Application();
  for (const each of middleware) app.use(each);
  app.use(async (ctx) => void (await handler(ctx)));
  app.silent = true;
  const server = await serve(app);
  onTestFinished(server.close);
  return (headers: Record<string, string> = {}, method = 'GET') => fetch(server.origin, { method, headers });
}

const set = (fields: Record<string, string>, body: unknown): Handler => {
  return (ctx) => {
    ctx.set(fields);
    ctx.body = body;
  };
};

const tagOf = (response: Response) => response.headers.get('etag') ?? '';

describe('content tags', () => {
  it('tags the content, and answers 304 to a client that has it', async () => {
    const fields = { 'cache-control': 'no-cache', 'set-cookie': 'a=1' };
    const get = await client([etag()], set(fields, { a: 1 }));
    const found = await get();
    expect(tagOf(found)).toBe(contentTag('{"a":1}'));
    expect(await found.json()).toEqual({ a: 1 });
    expect(found.headers.get('content-type')).toBe('application/json; charset=utf-8');
    // It adds Cache-Control: no-cache of its own.
    const cached = await get({ 'if-none-match': tagOf(found) });
    expect([cached.status, await cached.text()]).toEqual([304, '']);
    const { date, connection, 'keep-alive': _, ...kept } = Object.fromEntries(cached.headers);
    expect(kept).toEqual({ ...fields, etag: tagOf(found) });
  });

  it.each([
    ['an object', 'GET'],
    ['an object', 'HEAD'],
    ['a record of the application', 'GET'],
  ])('renders %s once, to %s', async (what, method) => {
    const toJSON = vi.fn(() => ({ a: 1 }));
    const body =
      what === 'an object'
        ? { toJSON }
        : new (class Note {
            toJSON = toJSON;
          })();
    const get = await client([etag()], set({}, body));
    const found = await get({}, method);
    expect([tagOf(found), found.headers.get('content-length')]).toEqual([contentTag('{"a":1}'), '7']);
    expect(toJSON).toHaveBeenCalledOnce();
  });

  it('keeps the JSON type that the handler set', async () => {
    const get = await client([etag()], set({ 'content-type': 'application/geo+json' }, { type: 'Point' }));
    expect((await get()).headers.get('content-type')).toBe('application/geo+json');
  });

  it.each([
    ['text', 'a', 'a'],
    ['empty text', '', ''],
    ['bytes', Buffer.from([0, 255]), Buffer.from([0, 255])],
    ['what Koa renders of a typed array', new Uint8Array([7]), '{"0":7}'],
    ['a number', 5, '5'],
    ['a boolean', true, 'true'],
  ])('tags %s', async (_, body, content) => {
    const get = await client([etag()], set({}, body));
    const found = await get();
    expect(tagOf(found)).toBe(contentTag(content));
    expect(Buffer.from(await found.arrayBuffer())).toEqual(Buffer.from(content));
  });

  it.each([
    ['a stream', () => Readable.from(['a'])],
    ['a web stream', () => new Blob(['a']).stream()],
    ['a Blob', () => new Blob(['a'])],
    ['a Response', () => new Response('a')],
  ])('passes %s on without a tag', async (_, body) => {
    const get = await client([etag()], (ctx) => {
      ctx.body = body();
    });
    const found = await get({ 'if-none-match': '*' });
    expect([found.status, found.headers.has('etag'), await found.text()]).toEqual([200, false, 'a']);
  });

  it.each([
    ['a 200', (ctx: Context) => Object.assign(ctx, { body: null, status: 200 })],
    ['a 204', (ctx: Context) => Object.assign(ctx, { status: 204 })],
  ])('gives %s without content no tag', async (_, handler) => {
    const found = await (await client([etag()], handler))({ 'if-none-match': '*' });
    expect([found.ok, found.headers.has('etag'), await found.text()]).toEqual([true, false, '']);
  });

  it('lets a tag of the application win, and none leave that is not one', async () => {
    const own = await client([etag()], set({ etag: 'W/"own"' }, 'a'));
    expect(tagOf(await own())).toBe('W/"own"');
    expect((await own({ 'if-none-match': '"own"' })).status).toBe(304);
    const broken = await client([etag()], set({ etag: 'unquoted' }, 'a'));
    const found = await broken({ 'if-none-match': '*' });
    expect([found.status, found.headers.has('etag')]).toEqual([200, false]);
  });

  it('uses the digest and the strength it is told', async () => {
    const get = await client([etag({ weak: true, digest: async (content) => `n${content.length}` })], set({}, 'abc'));
    expect(tagOf(await get())).toBe('W/"n3"');
  });

  it.each([
    ['Koa 3', Koa],
    ['Koa 2', Koa2],
  ])('stops the stream that a 304 does not send: %s', async (_, Application) => {
    const stream = new PassThrough();
    const get = await client([etag()], set({ etag: '"v7"' }, stream), Application);
    expect((await get({ 'if-none-match': '"v7"' })).status).toBe(304);
    await vi.waitFor(() => expect(stream.destroyed).toBe(true));
  });

  it.each([{ 'if-none-match': '"v7"' }, { 'if-match': '"v6"' }])(
    'stops what is piped into it as well: %j',
    async (sent) => {
      const source = new PassThrough();
      const get = await client([etag()], set({ etag: '"v7"' }, source.pipe(new PassThrough()).pipe(new PassThrough())));
      await get(sent as Record<string, string>);
      await vi.waitFor(() => expect(source.destroyed).toBe(true));
    },
  );

  it('answers 412 where a read asks for another representation, and stops its stream', async () => {
    const stream = new PassThrough();
    const get = await client([etag()], set({ etag: '"v7"', 'cache-control': 'max-age=60' }, stream));
    const refused = await get({ 'if-match': '"v6"' });
    expect([refused.status, tagOf(refused)]).toEqual([412, '"v7"']);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.has('cache-control')).toBe(false);
    expect(await refused.json()).toMatchObject({ status: 412, field: 'if-match', reason: 'no-match', current: '"v7"' });
    expect(stream.destroyed).toBe(true);
  });

  it('leaves alone what was sent past Koa', async () => {
    const get = await client([etag()], (ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200, { etag: '"v7"' }).end('a');
    });
    const found = await get({ 'if-none-match': '"v7"' });
    expect([found.status, await found.text()]).toEqual([200, 'a']);
  });

  it('passes a large stream on as it comes', async () => {
    // What is no longer held goes at once, so that the memory is what somebody holds.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    function* chunks() {
      for (let chunk = 0; chunk < 1024; chunk++) {
        if (chunk % 64 === 0) collect();
        yield Buffer.alloc(1 << 18, chunk);
      }
    }
    const app = new Koa();
    app.use(etag()).use((ctx) => {
      ctx.body = Readable.from(chunks());
    });
    const { origin, close } = await serve(app);
    onTestFinished(close);
    const before = process.memoryUsage.rss();
    let [bytes, most] = [0, 0];
    // What it receives it writes over, so that the memory is the server's.
    const callback = (length: number) => {
      bytes += length;
      most = Math.max(most, process.memoryUsage.rss());
      return true;
    };
    const { hostname, port } = new URL(origin);
    const socket = connect({ port: Number(port), host: hostname, onread: { buffer: Buffer.alloc(1 << 16), callback } });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await once(socket, 'close');
    expect(bytes).toBeGreaterThan(256 << 20);
    expect(most - before).toBeLessThan(64 << 20);
  });
});

describe('early tags', () => {
  const state = { etag: versionTag(7), lastModified: Date.UTC(1994, 9, 29, 19, 43, 31) };

  it('does not run the handler for a client that has the version', async () => {
    const handler = vi.fn<Handler>((ctx) => {
      ctx.body = { version: 7 };
    });
    const get = await client([etag(), etag({ current: async () => state })], handler);
    const found = await get();
    expect([found.status, tagOf(found), handler.mock.calls.length]).toEqual([200, '"v7"', 1]);
    for (const method of ['GET', 'HEAD']) {
      const cached = await get({ 'if-none-match': '"v6", "v7"' }, method);
      expect([cached.status, tagOf(cached)]).toEqual([304, '"v7"']);
      expect(cached.headers.get('last-modified')).toBe('Sat, 29 Oct 1994 19:43:31 GMT');
    }
    expect((await get({ 'if-match': '"v6"' })).status).toBe(412);
    expect(handler).toHaveBeenCalledOnce();
  });

  it('gives its validators to what the handler sends by itself, and evaluates no more', async () => {
    const failed = vi.fn();
    const watch: Koa.Middleware = (_ctx, next) => next().catch(failed);
    const send: Handler = (ctx) => {
      ctx.respond = false;
      ctx.res.writeHead(200, { 'content-type': 'text/plain' }).end('sent');
    };
    const found = await (await client([watch, etag({ current: () => state })], send))();
    expect([found.status, tagOf(found), await found.text()]).toEqual([200, '"v7"', 'sent']);
    expect(failed).not.toHaveBeenCalled();
  });

  it.each<[string, unknown]>([
    ['an unquoted tag', { etag: 'v7' }],
    ['a tag with a letter that no field has', { etag: '"café €"' }],
    ['a number', { etag: 7 }],
    ['a tag as it is', '"v7"'],
    ['no time', { etag: '"v7"', lastModified: new Date(Number.NaN) }],
  ])('fails at the first request when `current` gives %s', async (_, garbage) => {
    const get = await client([etag({ current: () => garbage as never })], set({}, 'a'));
    for (const headers of [{}, { 'if-none-match': '"v7"' }]) {
      const found = await get(headers as Record<string, string>);
      expect([found.status, found.headers.has('etag'), found.headers.has('last-modified')]).toEqual([
        500,
        false,
        false,
      ]);
    }
  });

  it('drops a policy with a nonce from the 304, which would block the scripts of the stored page', async () => {
    const policy: Koa.Middleware = (ctx, next) => {
      ctx.set('content-security-policy', "script-src 'nonce-1'");
      return next();
    };
    const get = await client([policy, etag({ current: () => state })], set({}, 'a'));
    const cached = await get({ 'if-none-match': '"v7"' });
    expect([cached.status, cached.headers.has('content-security-policy')]).toEqual([304, false]);
  });

  it('are the tag, and not one of the content that an etag() further in would make', async () => {
    const find = etag({ current: () => state });
    for (const middleware of [
      [find, etag()],
      [etag(), find],
    ]) {
      expect(tagOf(await (await client(middleware, set({}, 'a')))())).toBe(
        tagOf(await (await client([find], set({}, 'a')))()),
      );
    }
    const own = await client([find, etag()], set({ etag: '"own"' }, 'a'));
    expect(tagOf(await own())).toBe('"own"');
    const nothing = await client([etag({ current: () => null }), etag()], set({}, 'a'));
    expect(tagOf(await nothing())).toBe(contentTag('a'));
  });

  it('evaluates what the handler sets itself', async () => {
    const get = await client([etag({ current: () => state })], set({ etag: '"own"' }, 'a'));
    expect((await get({ 'if-none-match': '"own"' })).status).toBe(304);
    expect((await get({ 'if-match': '"own"' })).status).toBe(412);
  });

  it('lets the validators of the handler win', async () => {
    const fields = { etag: '"own"', 'last-modified': 'Sat, 29 Oct 1994 19:43:32 GMT' };
    const found = await (await client([etag({ current: () => state })], set(fields, 'a')))();
    expect(Object.fromEntries(found.headers)).toMatchObject(fields);
  });

  it.each([
    ['nothing is there', 'GET', null, 404],
    ['the handler fails', 'GET', state, 500],
    ['the request is a write', 'PUT', state, 200],
  ])('adds nothing when %s', async (_, method, current, status) => {
    const get = await client([etag({ current: () => current })], (ctx) => {
      ctx.status = status;
      ctx.body = 'a';
    });
    const found = await get({ 'if-none-match': '"v6"' }, method);
    expect([found.status, found.headers.has('etag')]).toEqual([status, false]);
  });

  it('serves HTTP/2', async () => {
    const app = new Koa();
    app.use(etag({ current: () => state })).use(set({ 'content-encoding': 'gzip' }, Readable.from([])));
    const server = createServer(app.callback()).listen(0);
    const session = connectHttp2(`http://localhost:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => void [session.close(), server.close()]);
    expect(await head(session, {})).toMatchObject({ ':status': 200, etag: '"v7-gzip"' });
    expect(await head(session, { 'if-none-match': '"v7-gzip"' })).toMatchObject({ ':status': 304, etag: '"v7-gzip"' });
  });
});

function head(session: ClientHttp2Session, headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => session.request(headers).on('response', resolve).on('error', reject).end());
}

describe('compression', () => {
  const text = 'The same content gives the same tag in every process.\n'.repeat(60);
  const plain = contentTag(text) as string;
  const gzip = { 'accept-encoding': 'gzip' };
  const places = [
    ['inside', [etag(), compress()]],
    ['outside', [compress(), etag()]],
  ] as const;

  it.each(places)('gives what is coded %s a strong tag of its own', async (_, middleware) => {
    const get = await client([...middleware], set({}, text));
    const found = await get(gzip);
    expect([found.headers.get('content-encoding'), tagOf(found)]).toEqual(['gzip', `${plain.slice(0, -1)}-gzip"`]);
    expect(await found.text()).toBe(text);
    expect(tagOf(await get({ 'accept-encoding': 'identity' }))).toBe(plain);
    const cached = await get({ ...gzip, 'if-none-match': tagOf(found) });
    expect([cached.status, tagOf(cached), cached.headers.get('vary')]).toEqual([304, tagOf(found), 'Accept-Encoding']);
  });

  it.each(places)('gives early tags that are coded %s their coding', async (_, middleware) => {
    const handler = vi.fn(set({}, { text }));
    const get = await client([...middleware, etag({ current: () => ({ etag: '"v7"' }) })], handler);
    expect(tagOf(await get(gzip))).toBe('"v7-gzip"');
    const cached = await get({ ...gzip, 'if-none-match': '"v7-gzip"' });
    expect([cached.status, tagOf(cached), cached.headers.get('vary')]).toEqual([304, '"v7-gzip"', 'Accept-Encoding']);
    expect(handler).toHaveBeenCalledOnce();
  });

  it.each(places)('answers 304 with the weak tag where no list names a form, coded %s', async (_, middleware) => {
    const get = await client([...middleware], set({ 'last-modified': 'Sun, 06 Nov 1994 08:49:38 GMT' }, text));
    for (const field of [{ 'if-none-match': '*' }, { 'if-modified-since': 'Sun, 06 Nov 1994 08:49:38 GMT' }]) {
      const cached = await get({ ...gzip, ...field });
      expect([cached.status, tagOf(cached), cached.headers.get('vary')]).toEqual([
        304,
        `W/${plain}`,
        'Accept-Encoding',
      ]);
    }
  });

  it.each<[string, unknown]>([
    ['text', () => text],
    ['an object', () => ({ text })],
    ['a stream', () => Readable.from([text])],
  ])('renames the handler’s own tag where its body is coded later: %s', async (what, body) => {
    for (const [, middleware] of places) {
      const get = await client([...middleware], (ctx) => {
        ctx.set('etag', '"v7"');
        ctx.type = what === 'an object' ? 'json' : 'text';
        ctx.body = (body as () => unknown)();
      });
      const found = await get(gzip);
      expect([found.headers.get('content-encoding'), tagOf(found)]).toEqual(['gzip', '"v7-gzip"']);
      await found.text();
      expect((await get({ ...gzip, 'if-none-match': '"v7-gzip"' })).status).toBe(304);
      expect((await get({ ...gzip, 'if-match': '"v7-gzip"' })).status).toBe(200);
    }
  });

  it.each(places)('keeps the tag of what came coded, the compressor %s', async (_, middleware) => {
    const coded = Buffer.from('H4sIAAAAAAAAA0sEAEO+t+gBAAAA', 'base64');
    const fields = { etag: '"v1"', 'content-encoding': 'gzip', 'content-type': 'text/plain' };
    for (const body of [() => coded, () => Readable.from([coded])]) {
      const get = await client([...middleware], (ctx) => {
        ctx.set(fields);
        ctx.body = body();
      });
      const found = await get(gzip);
      expect([tagOf(found), await found.text()]).toEqual(['"v1"', 'a']);
      expect(tagOf(await get({ ...gzip, 'if-none-match': '"v1"' }))).toBe('"v1"');
      expect((await get({ ...gzip, 'if-match': '"v1"' })).status).toBe(200);
    }
  });

  it('renames the tag that an inner middleware gave before the coding', async () => {
    const get = await client([etag(), compress(), etag()], set({}, text));
    const found = await get(gzip);
    expect([tagOf(found), await found.text()]).toEqual([`${plain.slice(0, -1)}-gzip"`, text]);
  });

  it.each<[string, Handler]>([
    [
      'a stream of the handler through a compressor',
      (ctx) => {
        ctx.body = 'not yet';
        ctx.type = 'text';
        ctx.body = Readable.from([text]);
      },
    ],
    [
      'a stream that the handler coded',
      (ctx) => {
        ctx.body = 'not yet';
        ctx.set('content-encoding', 'gzip');
        ctx.body = Readable.from([text]).pipe(createGzip());
      },
    ],
    [
      'other content that the handler coded',
      (ctx) => {
        ctx.body = 'not yet';
        ctx.set('content-encoding', 'gzip');
        const coder = createGzip();
        ctx.body = coder;
        coder.end(text);
      },
    ],
    [
      'a file that is coded already',
      (ctx) => {
        ctx.body = 'not yet';
        ctx.set('content-encoding', 'identity');
        ctx.body = createReadStream(new URL(import.meta.url));
      },
    ],
  ])('makes no tag of what stood in the place of %s', async (_, handler) => {
    const found = await (await client([etag(), compress()], handler))(gzip);
    expect([found.status, found.headers.has('etag')]).toEqual([200, false]);
    await found.body?.cancel();
  });

  it('tags bytes that the handler coded', async () => {
    const coded = Buffer.from('H4sIAAAAAAAAA0sEAEO+t+gBAAAA', 'base64');
    const found = await (await client([etag()], set({ 'content-encoding': 'gzip' }, coded)))();
    expect(tagOf(found)).toBe(contentTag(coded));
    expect(await found.text()).toBe(gunzipSync(coded).toString());
  });
});
