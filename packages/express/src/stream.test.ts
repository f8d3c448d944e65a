import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import compression from 'compression';
import express, { type Express } from 'express';
import { afterAll, describe, expect, it } from 'vitest';
import { listen } from '../test/boot.ts';
import { start } from '../test/fixture.ts';
import { etag } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'etag-'));
writeFileSync(join(folder, 'note.txt'), 'a note, '.repeat(100_000));
afterAll(() => rmSync(folder, { recursive: true }));

function appWith(where: string): Express {
  const app = express();
  app.use(...({ none: [etag()], inside: [etag(), compression()], outside: [compression(), etag()] }[where] ?? []));
  return app;
}

/** 64 KiB chunks until somebody stops it, with a tag that the application set. */
function endless(app: Express) {
  const seen = { destroyed: false };
  app.get('/endless', (_req, res) => {
    const source = new Readable({
      read() {
        setImmediate(() => this.push('x'.repeat(65_536)));
      },
    });
    res.on('finish', () => {
      seen.destroyed = true;
      source.destroy();
    });
    source.pipe(res.set({ ETag: '"v7"', 'Content-Type': 'text/plain' }));
  });
  return seen;
}

describe.each(['none', 'inside', 'outside'])('compression() %s', (where) => {
  it('ends a stream that will not be read', async () => {
    const app = appWith(where);
    const seen = endless(app);
    const server = await listen(app);
    const match = await fetch(`${server.origin}/endless`, { headers: { 'If-None-Match': '"v7"' } });
    expect([match.status, await match.text(), match.headers.get('content-type')]).toEqual([304, '', null]);
    expect(seen.destroyed).toBe(true);
    const failed = await fetch(`${server.origin}/endless`, { headers: { 'If-Match': '"v6"' } });
    expect(failed.status).toBe(412);
    expect(failed.headers.get('etag')).toMatch(/^"v7(-gzip|-br)?"$/);
    expect(await failed.json()).toMatchObject({ field: 'if-match', reason: 'no-match' });
    server.close();
  });

  it('answers for files as for all else', async () => {
    const app = appWith(where).use(express.static(folder));
    const server = await listen(app);
    const first = await fetch(`${server.origin}/note.txt`);
    expect((await first.text()).length).toBe(800_000);
    const conditional = { 'If-None-Match': first.headers.get('etag') ?? '' };
    const again = await fetch(`${server.origin}/note.txt`, { headers: conditional });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const weak = await fetch(`${server.origin}/note.txt`, { headers: { 'If-Match': first.headers.get('etag') ?? '' } });
    expect([weak.status, (await weak.json()).reason]).toEqual([412, 'weak']);
    server.close();
  });

  it('calls back whoever writes what is not read', async () => {
    const app = appWith(where);
    let done = () => {};
    const called = new Promise<void>((resolve) => {
      done = resolve;
    });
    app.get('/', async (_req, res) => {
      res.set({ ETag: '"v7"', 'Content-Type': 'text/plain' });
      await new Promise((resolve) => res.write('hello', resolve));
      res.end();
      done();
    });
    const server = await listen(app);
    // compression() calls nobody back.
    const { status } = await fetch(server.origin, { headers: { 'If-None-Match': '"v7"' } });
    expect(status).toBe(304);
    if (where !== 'inside') await called;
    server.close();
  });

  it('frees the connection', async () => {
    const app = appWith(where);
    endless(app);
    app.get('/', (_req, res) => void res.send('hello'));
    const server = await listen(app);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string, headers = {}) =>
      new Promise<number | undefined>((resolve) => {
        get(server.origin + path, { agent, headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        });
      });
    expect(await ask('/endless', { 'If-None-Match': '"v7"' })).toBe(304);
    expect(await ask('/endless', { 'If-Match': '"v6"' })).toBe(412);
    expect(await ask('/')).toBe(200);
    agent.destroy();
    server.close();
  });
});

it('passes a large stream on, and holds none of it', async () => {
  const server = await start('none');
  // The reader is a process of its own, so that this one holds what the server holds.
  const reader = `require('node:http').get(process.argv[1], async (response) => {
    let received = 0;
    for await (const chunk of response) received += chunk.length;
    console.log(received);
  })`;
  const read = async (bytes: number) => {
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 5);
    const url = `${server.origin}/large?bytes=${bytes}`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--eval', reader, url]);
    clearInterval(watch);
    expect(Number(stdout)).toBe(bytes);
    return peak;
  };
  // Until then, memory grows by what any stream needs.
  const before = await read(32 * 1024 ** 2);
  const peak = await read(256 * 1024 ** 2);
  server.close();
  expect(peak - before).toBeLessThan(64 * 1024 ** 2);
});
