import fs from 'node:fs';
import { Agent, createServer, get, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import { connect as connectTo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { contentTag } from '@etag/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../test/boot.ts';
import { type Current, etag, precondition } from './index.ts';

const running: { close(): void }[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = await listen(createServer(listener));
  running.push(server);
  return server.origin;
}

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

/** Serves a handler behind `etag()`. */
function tagged(handler: Handler, options?: Parameters<typeof etag>[0]): Promise<string> {
  const tag = etag(options);
  return serve((req, res) => tag(req, res, () => handler(req, res)));
}

/** What goes over the wire, head and content, until the server says no more. */
function wire(origin: string, ...fields: string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTo(Number(new URL(origin).port), '127.0.0.1');
    let text = '';
    socket.write(`${['GET / HTTP/1.1', 'Host: x', 'Connection: close', ...fields].join('\r\n')}\r\n\r\n`);
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('close', () => resolve(text));
  });
}

describe('RFC 9112 §6 framing fields do not stay on what is sent instead', () => {
  const trailer: Handler = (_req, res) => {
    res.setHeader('ETag', '"v1"').setHeader('Trailer', 'Server-Timing');
    res.write('content');
    res.addTrailers({ 'Server-Timing': 'db;dur=5' });
    res.end();
  };
  const chunked: Handler = (_req, res) => {
    res.setHeader('ETag', '"v1"').setHeader('Transfer-Encoding', 'chunked');
    res.statusMessage = 'Fine';
    res.end('content');
  };

  it.each(Object.entries({ trailer, chunked }))('%s', async (_, handler) => {
    const origin = await tagged(handler);
    const match = await wire(origin, 'If-None-Match: "v1"');
    expect(match).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/);
    const failed = await wire(origin, 'If-Match: "v0"');
    expect(failed).toMatch(/^HTTP\/1\.1 412 Precondition Failed\r\n/);
    expect(failed).toMatch(/content-length: \d+/i);
    for (const response of [match, failed]) expect(response).not.toMatch(/^(trailer|transfer-encoding):/im);
  });
});

/** What a function throws: its code, or its message. */
function thrownBy(act: () => unknown): string {
  try {
    act();
    return 'nothing';
  } catch (error) {
    return `${(error as { code?: unknown }).code ?? error}`;
  }
}

describe('a call that Node refuses', () => {
  it.each<[string, (res: ServerResponse) => unknown, thrown: RegExp]>([
    ['end() of a number', (res) => res.end(5), /^ERR_INVALID_ARG_TYPE$/],
    ['end() of an object', (res) => res.end({}), /^ERR_INVALID_ARG_TYPE$/],
    ['end() of what is not bytes', (res) => res.end(new Uint16Array(1)), /^ERR_INVALID_ARG_TYPE$/],
    ['end() in an unknown coding', (res) => res.end('a', 'no-coding' as 'utf8'), /^ERR_UNKNOWN_ENCODING$/],
    ['write() of a number', (res) => res.write(5), /^ERR_INVALID_ARG_TYPE$/],
    ['write() of null', (res) => res.write(null), /^ERR_STREAM_NULL_VALUES$/],
    ['writeHead() of no status', (res) => res.writeHead(undefined as never), /Invalid status code: undefined/],
    ['writeHead() of a status that is none', (res) => res.writeHead(1000), /Invalid status code: 1000/],
  ])('%s: the answer that follows is tagged as if nothing had been called', async (_, refused, thrown) => {
    const told: string[] = [];
    const origin = await tagged((_req, res) => {
      told.push(thrownBy(() => refused(res)));
      res.end('content');
    });
    const read = await fetch(origin);
    const tag = read.headers.get('etag') ?? '';
    expect([read.status, tag, await read.text()]).toEqual([200, contentTag('content'), 'content']);
    expect((await fetch(origin, { headers: { 'If-None-Match': tag } })).status).toBe(304);
    expect(told).toEqual([expect.stringMatching(thrown), expect.stringMatching(thrown)]);
  });

  it('writeHead() when the head is sent', async () => {
    const told: string[] = [];
    const origin = await tagged((_req, res) => {
      res.flushHeaders();
      told.push(thrownBy(() => res.writeHead(404)));
      res.end('content');
    });
    expect((await fetch(origin)).status).toBe(200);
    expect(told).toEqual(['ERR_HTTP_HEADERS_SENT']);
  });
});

describe('while the tag is made, the response has ended', () => {
  const digest = async (content: string | Uint8Array) => {
    await new Promise(setImmediate);
    return `length-${content.length}`;
  };

  it.each<[string, (res: ServerResponse) => unknown]>([
    ['a second end()', (res) => res.end()],
    ['other content', (res) => res.end('something else')],
    ['a write()', (res) => res.write('something else')],
    ['a writeHead()', (res) => res.writeHead(404, { 'Content-Length': 1 })],
    ['a status', (res) => Object.assign(res, { statusCode: 500 })],
    ['an error handler', (res) => res.headersSent || res.writeHead(500, { 'Content-Length': 1 }).end('!')],
  ])('for %s', async (_, late) => {
    const origin = await tagged(
      (_req, res) => {
        res.end('content');
        late(res);
      },
      { digest },
    );
    const read = await fetch(origin);
    expect([read.status, read.headers.get('etag'), await read.text()]).toEqual([200, '"length-7"', 'content']);
    expect((await fetch(origin, { headers: { 'If-None-Match': '"length-7"' } })).status).toBe(304);
  });

  it('and calls back', async () => {
    const called: string[] = [];
    const origin = await tagged(
      (_req, res) => {
        res.end('content', () => called.push('first'));
        res.write('more', () => called.push('write'));
        res.end(() => called.push('second'));
      },
      { digest },
    );
    expect(await (await fetch(origin)).text()).toBe('content');
    expect(called).toEqual(['write', 'second', 'first']);
  });
});

it('§15.4.5 a status that is given as text is that status', async () => {
  const origin = await tagged((_req, res) => {
    Object.assign(res, { statusCode: '304' });
    res.setHeader('Content-Type', 'text/plain');
    res.setHeader('ETag', '"v1"').end();
  });
  expect(await wire(origin)).toMatch(/^HTTP\/1\.1 304 Not Modified\r\nETag: "v1"\r\n(?!.*content-type)/is);
});

describe('§8.8.3 the content and its tag', () => {
  it.each<[string, (res: ServerResponse, fields: Record<string, string>) => ServerResponse]>([
    ['fields', (res, fields) => res.writeHead(200, fields)],
    ['a reason phrase and fields', (res, fields) => res.writeHead(200, 'Fine', fields)],
    ['no reason phrase, and fields', (res, fields) => res.writeHead(200, undefined, fields)],
    ['a list of pairs', (res, fields) => res.writeHead(200, Object.entries(fields) as never)],
  ])('is what end() is given, after writeHead() with %s', async (_, write) => {
    const origin = await tagged((_req, res) => void write(res, { 'Content-Type': 'text/plain' }).end('hello'));
    const first = await fetch(origin);
    expect(['etag', 'content-length', 'content-type'].map((name) => first.headers.get(name))).toEqual([
      '"LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"',
      '5',
      'text/plain',
    ]);
  });

  it('is the text in the coding that end() is given', async () => {
    const tags = await Promise.all(
      [['h\xe9', 'latin1'] as const, [Buffer.from('h\xe9', 'latin1')] as const].map(async (args) => {
        const origin = await tagged((_req, res) => Reflect.apply(res.end, res, args));
        return (await fetch(origin)).headers.get('etag');
      }),
    );
    expect(tags[0]).toBe(tags[1]);
  });

  it('none for a stream, whose head leaves at once', async () => {
    const origin = await tagged((_req, res) => {
      res.setHeader('Content-Type', 'text/event-stream').flushHeaders();
      setTimeout(() => res.end('late'), 20);
    });
    const { status, headers } = await fetch(origin);
    expect([status, headers.get('etag')]).toEqual([200, null]);
  });

  it('an own tag with letters beyond ASCII comes back as it went', async () => {
    const origin = await tagged((_req, res) => void res.setHeader('ETag', '"caf\xe9"').end('text'));
    const { headers } = await fetch(origin);
    expect(headers.get('etag')).toBe('"caf\xe9"');
    expect(await wire(origin, 'If-None-Match: "caf\xe9"')).toContain(' 200 ');
    const again = await fetch(origin, { headers: { 'If-None-Match': headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });

  it('what came coded keeps its own tag', async () => {
    const fields = { ETag: '"v1"', 'Content-Encoding': 'gzip' };
    for (const handler of [
      (_req: IncomingMessage, res: ServerResponse) => res.writeHead(200, fields).end(gzipSync('content')),
      (_req: IncomingMessage, res: ServerResponse) => {
        res.writeHead(200, fields).write(gzipSync('content'));
        res.end();
      },
    ]) {
      const response = await fetch(await tagged(handler));
      expect([response.headers.get('etag'), await response.text()]).toEqual(['"v1"', 'content']);
    }
  });

  it('a digest that gives what no tag can carry is told to next, where it takes an error', async () => {
    const next = vi.fn((_error?: unknown) => {});
    const tag = etag({ digest: () => Promise.resolve('a b') });
    const origin = await serve((req, res) => {
      tag(req, res, (error) => {
        next(error);
        if (error) res.writeHead(500).end();
        else res.end('hello');
      });
    });
    expect((await fetch(origin)).status).toBe(500);
    expect(next.mock.calls.map(([error]) => String(error))).toEqual([
      'undefined',
      expect.stringContaining('Not an entity tag: "a b"'),
    ]);
  });
});

it.each<[how: string, pipe: (source: fs.ReadStream) => NodeJS.ReadableStream]>([
  ['a file that is piped', (source) => source],
  ['one that is piped through others', (source) => source.pipe(new PassThrough()).pipe(createGzip())],
])('%s is closed when it is not sent', async (_, pipe) => {
  const file = join(fs.mkdtempSync(join(tmpdir(), 'etag-')), 'file');
  fs.writeFileSync(file, Buffer.alloc(1e6));
  const sources: fs.ReadStream[] = [];
  const origin = await tagged((_req, res) => {
    const source = fs.createReadStream(file);
    sources.push(source);
    pipe(source).pipe(res.setHeader('ETag', '"v7"'));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const headers of [{ 'If-None-Match': '"v7"' }, { 'If-Match': '"v6"' }, { 'If-None-Match': '*' }]) {
    await new Promise((done) => get(origin, { agent, headers }, (response) => response.resume().on('end', done)));
  }
  agent.destroy();
  await vi.waitFor(() => expect(sources.map(({ closed }) => closed)).toEqual([true, true, true]));
});

describe('§13.2 the request as the application rewrote it', () => {
  const rewriting = (name: string, value: string, middleware: ReturnType<typeof etag>, handler: Handler) =>
    serve((req, res) => {
      req.headers[name] = value;
      middleware(req, res, () => handler(req, res));
    });

  it.each([{}, { 'If-Modified-Since': 'Thu, 01 Jan 2026 00:00:00 GMT' }])('a read, beside %j', async (dates) => {
    const origin = await rewriting('if-none-match', '"no-match-for-this"', etag(), (_req, res) => {
      res.writeHead(200, { ETag: '"v1"', 'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }).end('content');
    });
    expect((await fetch(origin, { headers: { 'If-None-Match': '"v1"', ...dates } })).status).toBe(200);
  });

  it('a write', async () => {
    const guarded = precondition({ current: () => ({ etag: '"v1"' }) });
    const origin = await rewriting('if-match', '"v0"', guarded, (_req, res) => res.end('saved'));
    expect((await fetch(origin, { method: 'PUT', headers: { 'If-Match': '"v1"' } })).status).toBe(412);
  });

  it('§5.5 repeated dates are ignored, which Node reduces to the first', async () => {
    const origin = await tagged((_req, res) => {
      res.writeHead(200, { 'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }).end('content');
    });
    const date = 'If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT';
    expect(await wire(origin, date)).toContain(' 304 ');
    expect(await wire(origin, date, date)).toContain(' 200 ');
  });
});

describe('a write whose state cannot be found', () => {
  const failing: Current = () => Promise.reject(new Error('the store is down'));

  it('is a 500 where next takes no error: the handler does not run', async () => {
    const handler = vi.fn();
    const warned = new Promise((resolve) => process.once('warning', resolve));
    const guarded = precondition({ current: failing });
    const origin = await serve((req, res) => guarded(req, res, () => handler()));
    expect((await fetch(origin, { method: 'PUT' })).status).toBe(500);
    expect(await warned).toMatchObject({ message: 'the store is down' });
    expect(handler).not.toHaveBeenCalled();
  });

  it('is told to next where it takes one', async () => {
    const guarded = precondition({ current: failing });
    const origin = await serve((req, res) => {
      guarded(req, res, (error) => res.writeHead(error ? 503 : 200).end());
    });
    expect((await fetch(origin, { method: 'PUT' })).status).toBe(503);
  });

  it('a precondition() without current fails when it is made', () => {
    // @ts-expect-error: a slip in JavaScript
    expect(() => precondition()).toThrow(TypeError);
    // @ts-expect-error: a slip in JavaScript
    expect(() => precondition({ current: '"v7"' })).toThrow('current');
    expect(() => precondition({ current: undefined, require: true })).toThrow('current');
    expect(() => precondition({ require: false })).toThrow('current');
  });

  it.each([undefined, null, '"v7"', {}])('an etag() whose current is %j fails when it is made', (current) => {
    expect(() => etag({ current } as never)).toThrow('current');
  });
});

it('a tag that is not one fails every read, whatever the request says', async () => {
  // @ts-expect-error: an unquoted tag does not compile
  const read = etag({ current: () => ({ etag: 'v7' }) });
  const origin = await serve((req, res) => {
    read(req, res, (error) => res.writeHead(error ? 500 : 200).end(String(error)));
  });
  for (const headers of [{}, { 'If-None-Match': '"v7"' }, { 'If-None-Match': 'v7' }] as HeadersInit[]) {
    const response = await fetch(origin, { headers });
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.stringContaining('Not an entity tag: v7 (string).'),
    ]);
    expect(response.headers.get('etag')).toBeNull();
  }
});

describe('HTTP/2', () => {
  it('200, 304, 412', async () => {
    const tag = etag();
    const server = http2.createServer((req, res) => {
      tag(req as unknown as IncomingMessage, res as unknown as ServerResponse, () => {
        if (req.url === '/end') return res.end('hello');
        res.writeHead(200, { ETag: '"v1"' });
        res.write('a');
        res.end('b');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as { port: number };
    const session = http2.connect(`http://localhost:${port}`);
    const ask = (path: string, fields = {}) =>
      new Promise<unknown[]>((resolve) => {
        const stream = session.request({ ':path': path, ...fields });
        let head: http2.IncomingHttpHeaders = {};
        let content = '';
        stream.on('response', (fields) => {
          head = fields;
        });
        stream.on('data', (data) => {
          content += data;
        });
        stream.on('end', () => resolve([head[':status'], head.etag, content]));
      });
    const digest = '"LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"';
    expect(await ask('/end')).toEqual([200, digest, 'hello']);
    expect(await ask('/end', { 'if-none-match': digest })).toEqual([304, digest, '']);
    expect(await ask('/write')).toEqual([200, '"v1"', 'ab']);
    expect(await ask('/write', { 'if-none-match': '"v1"' })).toEqual([304, '"v1"', '']);
    expect(await ask('/write', { 'if-match': '"v0"' })).toEqual([412, '"v1"', expect.stringContaining('If-Match')]);
    session.close();
    server.close();
  });
});
