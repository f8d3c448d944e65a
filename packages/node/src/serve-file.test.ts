import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, get, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileTag } from '@etag/core';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../test/boot.ts';
import { etag, serveFile } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'serve-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5);
const DATE = 'Fri, 02 Jan 2026 03:04:05 GMT';
const LATER = 'Fri, 02 Jan 2026 03:04:06 GMT';
const CONTENT = '0123456789';
const page = write('page.txt', CONTENT);
const TAG = fileTag(statSync(page));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  utimesSync(path, MODIFIED / 1000 + 0.5, MODIFIED / 1000 + 0.5);
  return path;
}

async function serve(listener: RequestListener) {
  const { origin, close } = await listen(createServer(listener));
  onTestFinished(() => void close());
  return async (headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(origin, { method, headers: { 'accept-encoding': 'identity', ...headers } });
    const fields = Object.fromEntries(response.headers);
    return { origin, status: response.status, fields, text: await response.text() };
  };
}

const serving =
  (path: string, fields: Record<string, string> = {}): RequestListener =>
  (req, res) => {
    for (const [name, value] of Object.entries({ 'Content-Type': 'text/plain', ...fields })) res.setHeader(name, value);
    serveFile(req, res, path).catch((error) => {
      res.statusCode = error.code === 'ENOENT' || error.code === 'EISDIR' ? 404 : 500;
      res.end();
    });
  };

/** How many descriptors of a file are open. */
const openOf = (path: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  }).length;

describe('serveFile', () => {
  it('§8.8 sends the file with its validators', async () => {
    const ask = await serve(serving(page, { 'Cache-Control': 'no-cache' }));
    const { status, fields, text } = await ask();
    expect([status, text]).toEqual([200, CONTENT]);
    expect(fields).toMatchObject({
      etag: TAG,
      'last-modified': DATE,
      'accept-ranges': 'bytes',
      'content-length': '10',
      'content-type': 'text/plain',
      'cache-control': 'no-cache',
    });
  });

  it('§9.3.2 answers HEAD with the fields of the GET', async () => {
    const ask = await serve(serving(page));
    const { status, fields, text } = await ask({ range: 'bytes=0-1' }, 'HEAD');
    expect([status, fields['content-length'], fields.etag, text]).toEqual([200, '10', TAG, '']);
  });

  it.each<[what: string, headers: Record<string, string>, status: number, text: string, contentRange?: string]>([
    ['§13.1.2 the tag', { 'if-none-match': TAG }, 304, ''],
    ['§13.1.2 another tag', { 'if-none-match': '"x"' }, 200, CONTENT],
    ['§13.1.3 the date', { 'if-modified-since': DATE }, 304, ''],
    ['§13.2.2 the tag beside a range', { 'if-none-match': TAG, range: 'bytes=0-1' }, 304, ''],
    ['§14.1.2 a range', { range: 'bytes=2-4' }, 206, '234', 'bytes 2-4/10'],
    ['§14.1.2 an open range', { range: 'bytes=7-' }, 206, '789', 'bytes 7-9/10'],
    ['§14.1.2 a suffix', { range: 'bytes=-2' }, 206, '89', 'bytes 8-9/10'],
    ['§14.1.2 a range that ends beyond', { range: 'bytes=9-99' }, 206, '9', 'bytes 9-9/10'],
    ['§14.2 several ranges', { range: 'bytes=0-1,4-5' }, 200, CONTENT],
    ['§14.2 a range in other units', { range: 'lines=0-1' }, 200, CONTENT],
    ['§13.1.5 a range of the very date', { range: 'bytes=2-4', 'if-range': DATE }, 206, '234', 'bytes 2-4/10'],
    ['§13.1.5 a range of another date', { range: 'bytes=2-4', 'if-range': LATER }, 200, CONTENT],
    ['§13.1.5 a range of a stale tag', { range: 'bytes=2-4', 'if-range': '"x"' }, 200, CONTENT],
    ['§13.1.5 a range of a weak tag', { range: 'bytes=2-4', 'if-range': TAG }, 200, CONTENT],
  ])('answers %s', async (_, headers, status, text, contentRange) => {
    const ask = await serve(serving(page));
    const found = await ask(headers);
    expect([found.status, found.text, found.fields['content-range']]).toEqual([status, text, contentRange]);
    expect(found.fields.etag).toBe(TAG);
    if (status === 304) expect(found.fields).not.toHaveProperty('content-length');
    else expect(found.fields['content-length']).toBe(String(text.length));
  });

  it('§13.1.5 lets a strong tag of the application satisfy If-Range', async () => {
    const ask = await serve(serving(page, { ETag: '"v7"' }));
    const statusOf = async (ifRange: string) => (await ask({ range: 'bytes=0-1', 'if-range': ifRange })).status;
    expect([await statusOf('"v7"'), await statusOf('"v6"'), await statusOf('W/"v7"')]).toEqual([206, 200, 200]);
    expect((await ask({ 'if-none-match': '"v7"' })).status).toBe(304);
  });

  it('§15.5.13 refuses', async () => {
    const ask = await serve(serving(page));
    const refused = await ask({ 'if-match': '"x"', range: 'bytes=0-1' });
    expect([refused.status, JSON.parse(refused.text).reason, refused.fields.etag]).toEqual([412, 'no-match', TAG]);
    expect(refused.fields['content-type']).toBe('application/problem+json');
    expect((await ask({ 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' })).status).toBe(412);
  });

  it('§15.5.17 says how long the file is where no range of it was asked for', async () => {
    const ask = await serve(serving(page));
    const { status, fields, text } = await ask({ range: 'bytes=10-' });
    expect([status, fields['content-range'], fields['content-length'], text]).toEqual([416, 'bytes */10', '0', '']);
    expect(['etag', 'content-type', 'last-modified'].filter((name) => name in fields)).toEqual([]);
  });

  it('sends an empty file', async () => {
    const ask = await serve(serving(write('empty.txt', '')));
    const { status, fields, text } = await ask({ range: 'bytes=0-1' });
    expect([status, fields['content-length'], text]).toEqual([200, '0', '']);
  });

  it('§8.8.2.1 never says that a file was modified later than now', async () => {
    const path = write('future.txt', 'x');
    utimesSync(path, Date.now() / 1000 + 3600, Date.now() / 1000 + 3600);
    const { fields } = await (await serve(serving(path)))();
    expect(Date.parse(fields['last-modified'] ?? '')).toBeLessThanOrEqual(Date.parse(fields.date ?? ''));
  });

  it.each([join(folder, 'none.txt'), folder])('throws, with nothing sent, where there is no file: %s', async (path) => {
    const { status, fields } = await (await serve(serving(path)))();
    expect([status, fields.etag]).toEqual([404, undefined]);
  });

  it('inside of etag() answers as it does alone', async () => {
    const tag = etag();
    const ask = await serve((req, res) => tag(req, res, () => serveFile(req, res, page)));
    expect((await ask()).fields.etag).toBe(TAG);
    expect((await ask({ 'if-none-match': TAG })).status).toBe(304);
    expect((await ask({ 'if-match': '"x"' })).status).toBe(412);
    const part = await ask({ range: 'bytes=2-4' });
    expect([part.status, part.text]).toEqual([206, '234']);
  });

  it('closes the file, whatever the answer', async () => {
    const ask = await serve(serving(page));
    for (const headers of [{}, { 'if-none-match': TAG }, { 'if-match': '"x"' }, { range: 'bytes=10-' }]) {
      await ask(headers as Record<string, string>);
    }
    await vi.waitFor(() => expect(openOf(page)).toBe(0));
  });

  it('closes the file when the client hangs up, and says nothing of it', async () => {
    const path = write('large.bin', Buffer.alloc(20_000_000));
    const served: Promise<unknown>[] = [];
    const { origin, close } = await listen(
      createServer((req, res) => void served.push(serveFile(req, res, path).then(() => 'done'))),
    );
    onTestFinished(() => void close());
    const request = get(origin);
    const [response] = await once(request, 'response');
    await once(response, 'readable');
    expect(openOf(path)).toBe(1);
    request.destroy();
    expect(await served[0]).toBe('done');
    expect(openOf(path)).toBe(0);
  });

  it('hangs up when the file becomes shorter: a part of it is not taken for the whole', async () => {
    const path = write('shrinks.bin', Buffer.alloc(20_000_000));
    const { origin, close } = await listen(createServer((req, res) => void serveFile(req, res, path)));
    onTestFinished(() => void close());
    const [response] = await once(get(origin), 'response');
    // Heard from the start: a quick server hangs up before the response is read, and node:http tells that once.
    const failed = once(response, 'error');
    truncateSync(path, 10);
    await wait(10);
    response.resume();
    const [error] = await failed;
    expect(error.code).toBe('ECONNRESET');
  });
});
