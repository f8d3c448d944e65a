import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { timeout } from 'hono/timeout';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../test/boot.ts';
import { etag, precondition } from './index.ts';

interface Received {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Serves an app, and returns what asks it, over one connection that stays open. */
async function serve(app: Hono) {
  const { origin, close } = await listen(app.fetch);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  closing.push(() => agent.destroy(), close);
  return (method: string, headers: http.OutgoingHttpHeaders = {}, path = '/') =>
    new Promise<Received>((resolve, reject) => {
      const request = http.request(`${origin}${path}`, { method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, text: `${Buffer.concat(chunks)}` });
        });
      });
      request.on('error', reject).end();
    });
}

const streamOf = (text: string) => new Response(text).body as ReadableStream<Uint8Array<ArrayBuffer>>;

describe('fields of the framing that a handler sets', () => {
  const fields = { ETag: '"v1"', Trailer: 'Server-Timing', 'Transfer-Encoding': 'chunked' };

  it.each([
    ['a 304', { 'If-None-Match': '"v1"' }, 304],
    ['a 412', { 'If-Match': '"v0"' }, 412],
  ])('leave with the content: %s', async (_, headers, status) => {
    const ask = await serve(new Hono().use(etag()).get('/', (c) => c.body(streamOf('content'), 200, fields)));
    for (let nth = 0; nth < 2; nth++) {
      const answered = await ask('GET', headers);
      expect([answered.status, answered.headers.trailer, answered.headers.etag]).toEqual([status, undefined, '"v1"']);
      if (status === 304) expect(answered.headers['transfer-encoding']).toBeUndefined();
    }
    expect((await ask('GET')).text).toBe('content');
  });
});

it.each(['Trailer', 'Transfer-Encoding'])('sends a stream with %s as Hono does', async (name) => {
  const fields = { [name]: name === 'Trailer' ? 'Server-Timing' : 'chunked' };
  const app = new Hono().use(etag()).get('/context', (c) => c.body(streamOf('content'), 200, fields));
  app.get('/response', () => new Response(streamOf('content'), { headers: fields }));
  const ask = await serve(app);
  for (const path of ['/context', '/response']) {
    const { status, headers, text } = await ask('GET', {}, path);
    expect([status, headers.etag, text]).toEqual([200, undefined, 'content']);
  }
});

describe('a tag with characters beyond ASCII', () => {
  const current = () => ({ etag: '"café"' }) as const;

  it.each<[string, (app: Hono) => Hono]>([
    ['early', (app) => app.get('/', etag({ current }), (c) => c.text('text'))],
    ['of the handler', (app) => app.use(etag()).get('/', (c) => c.text('text', 200, { ETag: current().etag }))],
  ])('comes back as it left: %s', async (_, mount) => {
    const ask = await serve(mount(new Hono().put('/', precondition({ current }), (c) => c.text('saved'))));
    const { headers, text } = await ask('GET');
    expect([headers.etag, text]).toEqual(['"café"', 'text']);
    expect((await ask('GET', { 'If-None-Match': headers.etag })).status).toBe(304);
    expect((await ask('PUT', { 'If-Match': headers.etag })).status).toBe(200);
    expect((await ask('PUT', { 'If-Match': '"other"' })).headers.etag).toBe('"café"');
  });
});

describe('files', () => {
  const root = mkdtempSync(join(tmpdir(), 'static-'));
  const sizes = { small: 6, page: 6_700, large: 900_000, huge: 2_000_000 };
  for (const [name, size] of Object.entries(sizes)) writeFileSync(join(root, `${name}.txt`), 'x'.repeat(size));
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(['small', 'page', 'large'] as const)('are tagged each time: %s', async (name) => {
    for (const app of [new Hono().use(etag()), new Hono().use(etag(), compress())]) {
      const { origin, close } = await listen(app.use(serveStatic({ root })).fetch);
      closing.push(close);
      const read = async () => {
        const response = await fetch(`${origin}/${name}.txt`);
        return [response.headers.get('etag'), (await response.text()).length];
      };
      const first = await read();
      expect(first).toEqual([expect.stringMatching(/^"[^"]+"$/), sizes[name]]);
      expect(await Promise.all(Array.from({ length: 20 }, read))).toEqual(Array.from({ length: 20 }, () => first));
      const cached = await fetch(`${origin}/${name}.txt`, { headers: { 'If-None-Match': `${first[0]}` } });
      expect(cached.status).toBe(304);
    }
  });

  it('are sent as they are, where they are larger than the limit', async () => {
    const ask = await serve(new Hono().use(etag()).use(serveStatic({ root })));
    const { headers, text } = await ask('GET', {}, '/huge.txt');
    expect([headers.etag, headers['content-length'], text.length]).toEqual([undefined, '2000000', 2_000_000]);
  });
});

it('says nothing more of a request that timeout() has answered', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
  const app = new Hono().use(timeout(20)).use(etag());
  app.get('/', async (c) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return c.text('late');
  });
  const ask = await serve(app);
  expect((await ask('GET')).status).toBe(504);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(errors).not.toHaveBeenCalled();
  errors.mockRestore();
});

it('answers the fetch of Node with 304, which sends Cache-Control: no-cache along', async () => {
  const { origin, close } = await listen(new Hono().use(etag()).get('/', (c) => c.text('abc')).fetch);
  closing.push(close);
  const tag = (await fetch(origin)).headers.get('etag') as string;
  expect((await fetch(origin, { headers: { 'If-None-Match': tag } })).status).toBe(304);
});
