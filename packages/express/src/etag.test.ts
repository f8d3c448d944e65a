import { createHash } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import zlib from 'node:zlib';
import { contentTag, sha256 } from '@etag/core';
import { exchange } from '@etag/wire';
import compression from 'compression';
import express, { type Express, type Request, type Response } from 'express';
// @ts-expect-error: it brings no types
import express4 from 'express4';
import { describe, expect, it, vi } from 'vitest';
import { listen } from '../test/boot.ts';
import { etag } from './index.ts';

type Fields = Record<string, string>;

/** What an app answers to requests, one after another: the status, the fields and the content. */
async function ask(app: Express, requests: Fields[], path = '/', method = 'GET') {
  const server = await listen(app);
  const answers = [];
  for (const headers of requests) {
    const {
      status,
      headers: lines,
      body,
    } = await exchange(server.origin, {
      method,
      path,
      headers: Object.entries(headers),
    });
    const fields: Fields = Object.fromEntries(lines.map(([name, value]) => [name.toLowerCase(), value]));
    answers.push({ status, fields, body: Buffer.from(body).toString() });
  }
  server.close();
  return answers;
}

const makers: { name: string; make: () => Express }[] = [
  { name: 'Express 5', make: () => express() },
  { name: 'Express 4', make: () => express4() },
];

describe.each(makers)('$name', ({ make }) => {
  it.each<[string, (res: Response) => unknown]>([
    ['json', (res) => res.json({ text: 'hello' })],
    ['jsonp', (res) => res.jsonp({ text: 'hello' })],
    ['send of a string', (res) => res.send('hello')],
    ['send of a Buffer', (res) => res.send(Buffer.from('hello'))],
    ['send of an object', (res) => res.send({ text: 'hello' })],
    ['sendStatus', (res) => res.sendStatus(200)],
  ])('tags the content of %s, on HEAD as on GET, and answers 304', async (_, handler) => {
    const app = make().use(etag());
    app.get('/', (_req, res) => void handler(res));
    const [plain] = await ask(app, [{}]);
    expect(plain?.fields.etag).toMatch(/^"[\w-]{43}"$/);
    const conditional = { 'If-None-Match': plain?.fields.etag ?? '' };
    const [head, match] = await ask(app, [{}, conditional], '/', 'HEAD');
    expect(head?.fields).toEqual({ ...plain?.fields, date: head?.fields.date });
    const [again] = await ask(app, [conditional]);
    expect([again?.status, again?.body, match?.status]).toEqual([304, '', 304]);
    expect(again?.fields).not.toHaveProperty('content-type');
  });

  it('tags what is sent: the text of res.json() as it is formatted', async () => {
    const app = make().use(etag()).set('json spaces', 2);
    app.get('/', (_req, res) => void res.json({ a: 1 }));
    const [answer] = await ask(app, [{}]);
    expect(answer?.fields.etag).toBe(`"${await sha256('{\n  "a": 1\n}')}"`);
  });

  it('tags what res.end() sends at once, and evaluates a tag of its own', async () => {
    const app = make().use(etag());
    app.get('/', (_req, res) => void res.end('hello'));
    const ended = vi.fn();
    app.get('/own', (_req, res) => void res.set('ETag', '"v7"').end('hello', ended));
    const [plain] = await ask(app, [{}]);
    const tag = `"${await sha256('hello')}"`;
    expect(plain).toMatchObject({ status: 200, body: 'hello', fields: { 'content-length': '5', etag: tag } });
    const [match, failed] = await ask(app, [{ 'If-None-Match': '"v7"' }, { 'If-Match': '"v6"' }], '/own');
    expect(match).toMatchObject({ status: 304, body: '' });
    expect(failed).toMatchObject({ status: 412, fields: { etag: '"v7"', 'content-type': 'application/problem+json' } });
    expect(JSON.parse(failed?.body ?? '')).toMatchObject({ field: 'if-match', current: '"v7"' });
    expect(ended).toHaveBeenCalledTimes(2);
  });

  it('sees the status and the fields given to writeHead()', async () => {
    const app = make().use(etag());
    app.get('/object', (_req, res) => void res.writeHead(200, 'Fine', { ETag: '"v7"' }).end('hello'));
    app.get('/list', (_req, res) => {
      res.writeHead(200, ['ETag', '"v7"', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']).end('hello');
    });
    for (const path of ['/object', '/list']) {
      const [plain, match] = await ask(app, [{}, { 'If-None-Match': '"v7"' }], path);
      expect(plain).toMatchObject({ status: 200, body: 'hello', fields: { etag: '"v7"' } });
      expect(match).toMatchObject({ status: 304, body: '' });
    }
    const server = await listen(app);
    const { headers } = await fetch(`${server.origin}/list`);
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    server.close();
  });

  it('lets neither Express decide, nor what is not a tag, which does not leave', async () => {
    const app = make().use(etag());
    app.get('/', (_req, res) => void res.set('ETag', 'v7').send('hello'));
    app.get('/date', (_req, res) => void res.set('Last-Modified', 'Sat, 29 Oct 1994 19:43:31 GMT').send('hello'));
    const [answer] = await ask(app, [{ 'If-None-Match': 'v7' }]);
    expect(answer).toMatchObject({ status: 200, body: 'hello' });
    expect(answer?.fields).not.toHaveProperty('etag');
    const [date] = await ask(app, [{ 'If-Modified-Since': '3000' }], '/date');
    expect(date?.status).toBe(200);
  });

  it('makes no tag of the response to a write, whatever the settings of the app', async () => {
    const app = make().use(etag()).set('etag', 'strong');
    app.all('/', (_req, res) => void res.json({ text: 'hello' }));
    for (const method of ['PUT', 'POST', 'PATCH', 'DELETE']) {
      const [answer] = await ask(app, [{}], '/', method);
      expect(answer?.status).toBe(200);
      expect(answer?.fields).not.toHaveProperty('etag');
    }
  });

  it('what is sent first is the response, while its tag is made as well', async () => {
    const app = make();
    app.use(etag({ digest: async (content) => `length-${content.length}` }));
    app.get('/', (_req, res, next) => {
      res.send('first');
      next();
    });
    app.get('/', (_req, res) => void res.status(404).json({ text: 'second' }));
    const [read] = await ask(app, [{}]);
    expect(read).toMatchObject({ status: 200, fields: { etag: '"length-5"', 'content-length': '5' }, body: 'first' });
  });

  it('takes a digest of yours, at once or later, and marks tags as weak', async () => {
    const md5 = (content: string | Uint8Array) => createHash('md5').update(content).digest('hex');
    const app = make();
    app.get('/now', etag({ digest: md5 }), (_req, res) => void res.json({}));
    app.get('/later', etag({ digest: async (content) => md5(content), weak: true }), (_req, res) => void res.json({}));
    const opaque = md5('{}');
    const [now] = await ask(app, [{}], '/now');
    expect(now?.fields.etag).toBe(`"${opaque}"`);
    const [later, match] = await ask(app, [{}, { 'If-None-Match': `"${opaque}"` }], '/later');
    expect(later).toMatchObject({ status: 200, fields: { etag: `W/"${opaque}"` }, body: '{}' });
    expect(match).toMatchObject({ status: 304, body: '' });
  });

  it('can stand twice: the inner one makes the tag', async () => {
    const app = make().use(etag());
    app.get('/', etag({ weak: true }), (_req, res) => void res.send('hello'));
    const [plain] = await ask(app, [{}]);
    expect(plain?.fields.etag).toMatch(/^W\//);
    const [match] = await ask(app, [{ 'If-None-Match': plain?.fields.etag ?? '' }]);
    expect(match).toMatchObject({ status: 304, fields: { etag: plain?.fields.etag } });
  });

  it('can stand twice: a version that is found makes it, wherever that one stands', async () => {
    const find = etag({ current: () => ({ etag: '"v7"' }) });
    for (const middleware of [
      [find, etag()],
      [etag(), find],
    ]) {
      const app = make().use(...middleware);
      app.get('/', (_req, res) => void res.send('hello'));
      const [plain] = await ask(app, [{}]);
      expect(plain?.fields.etag).toBe('"v7"');
    }
    const nothing = make().use(etag({ current: () => null }), etag());
    nothing.get('/', (_req, res) => void res.send('hello'));
    const [plain] = await ask(nothing, [{}]);
    expect(plain?.fields.etag).toBe(contentTag('hello'));
  });

  it('what was sent before an error stands, though an error handler is faster than the digest', async () => {
    const app = make().set('env', 'development');
    const digest = (content: string | Uint8Array) =>
      new Promise<string>((resolve) => setTimeout(() => resolve(String(content.length)), 20));
    app.get('/', etag({ digest }), (_req, res) => {
      res.send('hello');
      throw new Error('too late');
    });
    app.use(((error, _req, res, _next) => void res.status(500).end(error.message)) as express.ErrorRequestHandler);
    const logged = vi.spyOn(console, 'error').mockReturnValue();
    const [answer] = await ask(app, [{}]);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(answer).toMatchObject({ status: 200, fields: { etag: '"5"' }, body: 'hello' });
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
  });

  it('works in an app that is mounted in another', async () => {
    const inner = make();
    inner.get('/', (_req, res) => void res.send('hello'));
    const [plain] = await ask(make().use(etag()).use(inner), [{}]);
    expect(plain?.fields.etag).toMatch(/^"[\w-]{43}"$/);
  });

  it('tags what a mounted app passes on to the one around it', async () => {
    const mounted = make().use(etag());
    const app = make().disable('etag').use('/a', mounted);
    app.get(['/a', '/b'], (_req, res) => void res.send('hello'));
    const [tagged] = await ask(app, [{}], '/a');
    const [match] = await ask(app, [{ 'If-None-Match': tagged?.fields.etag ?? '' }], '/a');
    const [untagged] = await ask(app, [{}], '/b');
    expect([match?.status, untagged?.status, untagged?.body]).toEqual([304, 200, 'hello']);
    expect(untagged?.fields).not.toHaveProperty('etag');
  });

  it('gives each response one property, whatever it does to it', async () => {
    const app = make().use(etag());
    const added: number[] = [];
    app.use((_req, res, next) => {
      added.push(Reflect.ownKeys(res).length);
      next();
    });
    app.get('/', (_req, res) => void res.send('hello'));
    const without = make();
    without.get('/', (_req, res) => void res.send(String(Reflect.ownKeys(res).length)));
    await ask(app, [{}, {}]);
    const [plain] = await ask(without, [{}]);
    expect(added).toEqual([Number(plain?.body) + 1, Number(plain?.body) + 1]);
  });

  it('is seen by whoever takes over the methods of Node later', async () => {
    const app = make().use(etag());
    app.get('/', (_req, res) => void res.send('hello'));
    await ask(app, [{}]);
    const end = vi.spyOn(ServerResponse.prototype, 'end');
    const [answer] = await ask(app, [{}]);
    expect([answer?.body, end.mock.calls.length]).toEqual(['hello', 1]);
    end.mockRestore();
  });

  it('leaves the methods of Node as they are', async () => {
    const { writeHead, write, end } = ServerResponse.prototype;
    await ask(make().use(etag()), [{}]);
    const send = () => {};
    const bare = Object.assign(new ServerResponse(new IncomingMessage(new Socket())), { send });
    etag({ current: () => null })(bare.req as Request, bare as unknown as Response, () => {});
    etag()(bare.req as Request, bare as unknown as Response, () => {});
    expect(Object.hasOwn(bare, 'writeHead')).toBe(true);
    expect(ServerResponse.prototype).toMatchObject({ writeHead, write, end });
  });

  it('leaves the last word to whoever took a response over before', async () => {
    const sent: unknown[] = [];
    const app = make();
    app.use((_req, res, next) => {
      const { end } = res;
      res.end = (...args: unknown[]) => {
        sent.push([res.statusCode, ...args]);
        return Reflect.apply(end, res, args);
      };
      next();
    });
    app.use(etag()).get('/', (_req, res) => void res.send('hello'));
    const [first] = await ask(app, [{}]);
    const [match] = await ask(app, [{ 'If-None-Match': first?.fields.etag ?? '' }]);
    expect([match?.status, match?.body]).toEqual([304, '']);
    expect(sent.map((args) => (args as unknown[]).slice(0, 2).map(String))).toEqual([['200', 'hello'], ['304']]);
  });

  it('puts no function of its own on a response that somebody took over before', async () => {
    // A closure would keep each response alive beyond its request: see docs/decisions/007.
    const seen: unknown[] = [];
    const app = make();
    app.use((_req, res, next) => {
      const { end } = res;
      res.end = (...args: unknown[]) => Reflect.apply(end, res, args);
      next();
    });
    app.use(etag()).get('/', (_req, res) => {
      seen.push(Object.getOwnPropertyDescriptor(res, 'end')?.get, Object.hasOwn(res, 'send'));
      res.send('hello');
    });
    await ask(app, [{}, {}]);
    expect(seen).toEqual([expect.any(Function), false, seen[0], false]);
    expect(seen[2]).toBe(seen[0]);
  });

  it('answers the fetch of Node, which sends Cache-Control: no-cache, with 304', async () => {
    const app = make().use(etag(), compression());
    app.get('/', (_req, res) => void res.json({ text: 'hello '.repeat(1000) }));
    const server = await listen(app);
    const first = await fetch(server.origin);
    await first.text();
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/-(br|gzip)"$/);
    const again = await fetch(server.origin, { headers: { 'If-None-Match': tag } });
    expect([again.status, again.headers.get('etag')]).toEqual([304, tag]);
    server.close();
  });

  it.each(['inside', 'outside'])('has the Vary of the 200 on a 304, compression() %s', async (where) => {
    const app = make();
    app.use(...(where === 'inside' ? [etag(), compression()] : [compression(), etag()]));
    const content = 'hello '.repeat(1000);
    app.get('/text', (_req, res) => void res.send(content));
    app.get('/image', (_req, res) => void res.type('png').send(Buffer.from(content)));
    app.get('/empty', compression({ threshold: 0 }), (_req, res) => void res.send(content));
    for (const path of ['/text', '/image', '/empty']) {
      const [plain] = await ask(app, [{ 'Accept-Encoding': 'gzip' }], path);
      const conditional = { 'Accept-Encoding': 'gzip', 'If-None-Match': plain?.fields.etag ?? '' };
      const [match] = await ask(app, [conditional], path);
      expect(match).toMatchObject({ status: 304, body: '' });
      expect(match?.fields.vary).toBe(plain?.fields.vary);
      for (const name of ['content-encoding', 'content-type', 'content-length']) {
        expect(match?.fields).not.toHaveProperty(name);
      }
    }
  });

  it.each(['inside', 'outside'])('compresses nothing for a 304, compression() %s', async (where) => {
    const app = make();
    app.use(...(where === 'inside' ? [etag(), compression()] : [compression(), etag()]));
    app.get('/', (_req, res) => void res.send('hello '.repeat(1000)));
    const [plain] = await ask(app, [{ 'Accept-Encoding': 'gzip' }]);
    const coded = vi.spyOn(zlib, 'createGzip');
    await ask(app, [{ 'Accept-Encoding': 'gzip', 'If-None-Match': plain?.fields.etag ?? '' }]);
    expect(coded).not.toHaveBeenCalled();
    await ask(app, [{ 'Accept-Encoding': 'gzip' }]);
    expect(coded).toHaveBeenCalledOnce();
    coded.mockRestore();
  });

  it('varies by coding for whoever names a coded form, though something else has coded it', async () => {
    const app = make().use(etag());
    app.get('/', (_req, res) => void res.set('ETag', '"v7"').send('hello'));
    const [plain, coded] = await ask(app, [{ 'If-None-Match': '"v7"' }, { 'If-None-Match': '"v7-gzip"' }]);
    expect([plain?.fields.vary, coded?.fields.vary]).toEqual([undefined, 'Accept-Encoding']);
  });

  it.each(['inside', 'outside'])('refuses with problem details that can be read, compression() %s', async (where) => {
    const app = make();
    const compress = compression({ threshold: 0 });
    app.use(...(where === 'inside' ? [etag(), compress] : [compress, etag()]));
    app.get('/', (_req, res) => void res.set('ETag', '"v7"').send('hello '.repeat(1000)));
    const server = await listen(app);
    const answer = await fetch(server.origin, { headers: { 'If-Match': '"v6"' } });
    expect([answer.status, answer.headers.get('etag')]).toEqual([412, '"v7"']);
    expect(await answer.json()).toMatchObject({ status: 412, current: '"v7"' });
    server.close();
  });
});

describe('etag({ current })', () => {
  const lastModified = Date.parse('1994-10-29T19:43:31.500Z');
  const current = () => ({ etag: '"v7"', lastModified }) as const;

  it.each(makers)('does not call the handler on a match: $name', async ({ make }) => {
    let called = 0;
    const app = make();
    app.get('/', etag({ current: async () => current() }), (_req, res) => {
      called++;
      res.send('hello');
    });
    const [match, other] = await ask(app, [{ 'If-None-Match': '"a,b", "v7"' }, { 'If-None-Match': '"v6"' }]);
    const fields = { etag: '"v7"', 'last-modified': 'Sat, 29 Oct 1994 19:43:31 GMT' };
    expect(match).toMatchObject({ status: 304, fields, body: '' });
    expect(other).toMatchObject({ status: 200, fields, body: 'hello' });
    expect(called).toBe(1);
  });

  it('keeps the fields that were set before, on the 304 as on the 200', async () => {
    const app = express();
    app.use((_req, res, next) => {
      res.set({ 'Cache-Control': 'no-cache', 'Content-Language': 'en', 'Set-Cookie': 'a=1' });
      next();
    });
    app.get('/', etag({ current }), (_req, res) => void res.send('hello'));
    const [match] = await ask(app, [{ 'If-None-Match': '"v7"' }]);
    expect(match?.fields).toMatchObject({ 'cache-control': 'no-cache', 'set-cookie': 'a=1', etag: '"v7"' });
    expect(match?.fields).not.toHaveProperty('content-language');
    expect(match?.fields).not.toHaveProperty('content-type');
  });

  it('leaves validators to the handler that sets its own', async () => {
    const app = express().use(etag());
    app.get('/', etag({ current }), (_req, res) => void res.set('ETag', '"v8"').send('hello'));
    const [plain, match] = await ask(app, [{}, { 'If-None-Match': '"v8"' }]);
    expect(plain?.fields.etag).toBe('"v8"');
    expect(match?.status).toBe(304);
  });

  it.each([404, 500, 302])('takes the validators back from a %i', async (status) => {
    const app = express().use(etag());
    app.get('/', etag({ current }), (_req, res) => void res.status(status).json({}));
    const [answer] = await ask(app, [{}]);
    expect(answer?.status).toBe(status);
    expect(answer?.fields).not.toHaveProperty('etag');
    expect(answer?.fields).not.toHaveProperty('last-modified');
  });

  it.each<[string, () => null]>([
    ['finds nothing', () => null],
    [
      'fails',
      () => {
        throw new Error('database');
      },
    ],
  ])('leaves no tag of Express in place of the state, where current %s', async (_, current) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const app = express();
    app.get('/text', etag({ current }), (_req, res) => void res.send('hello'));
    app.get('/json', etag({ current }), (_req, res) => void res.json({ text: 'hello' }));
    for (const path of ['/text', '/json']) {
      const [answer] = await ask(app, [{}], path);
      expect([answer?.status, answer?.fields.etag], path).toEqual([200, undefined]);
    }
    warn.mockRestore();
  });

  it('lets the handler run where there is nothing, and on a write', async () => {
    const app = express();
    app.all('/', etag({ current: () => null }), (_req, res) => void res.status(404).end());
    app.all('/write', etag({ current }), (_req, res) => void res.end('written'));
    const [missing] = await ask(app, [{ 'If-None-Match': '*' }]);
    expect(missing?.status).toBe(404);
    const [written] = await ask(app, [{ 'If-None-Match': '"v7"' }], '/write', 'PUT');
    expect(written).toMatchObject({ status: 200, body: 'written' });
  });

  it.each(['inside', 'outside'])('varies by coding, compression() %s', async (where) => {
    const app = express();
    app.use(...(where === 'inside' ? [etag(), compression()] : [compression(), etag()]));
    app.get('/', etag({ current }), (_req, res) => void res.send('hello '.repeat(1000)));
    const gzip = { 'Accept-Encoding': 'gzip' };
    const [plain, ...matches] = await ask(app, [
      gzip,
      { ...gzip, 'If-None-Match': '"v7"' },
      { ...gzip, 'If-None-Match': '"v7-gzip"' },
      { 'If-None-Match': '"v7-br"' },
    ]);
    expect(plain?.fields).toMatchObject({ etag: '"v7-gzip"', 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(matches.map(({ status, fields }) => [status, fields.etag, fields.vary])).toEqual([
      [304, '"v7"', 'Accept-Encoding'],
      [304, '"v7-gzip"', 'Accept-Encoding'],
      [304, '"v7-br"', 'Accept-Encoding'],
    ]);
  });

  it.each(makers)('passes on that current gave what is not a state: $name', async ({ make }) => {
    const app = make();
    app.get('/tag', etag({ current: () => ({ etag: 'v7' as '"v7"' }) }), (_req, res) => void res.send('hello'));
    app.use(((error, _req, res, _next) => void res.status(500).send(error.message)) as express.ErrorRequestHandler);
    const [tag] = await ask(app, [{ 'If-None-Match': '"v7"' }], '/tag');
    expect([tag?.status, tag?.body]).toEqual([500, expect.stringContaining('Not an entity tag: v7 (string).')]);
  });
});
