import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileTag } from '@etag/core';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../test/boot.ts';
import { etag, type Handler } from './index.ts';
import { type StoredFile, serveFile } from './serve-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'serve-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5);
const DATE = 'Fri, 02 Jan 2026 03:04:05 GMT';
const CONTENT = '0123456789';

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  utimesSync(path, MODIFIED / 1000, MODIFIED / 1000);
  return path;
}
const page = write('page.txt', CONTENT);
const TAG = fileTag(statSync(page));

async function serve(handler: Handler) {
  const { origin, close } = await listen(handler);
  onTestFinished(() => void close());
  return async (headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(origin, { method, headers: { 'accept-encoding': 'identity', ...headers } });
    const fields = Object.fromEntries(response.headers);
    return { status: response.status, fields, text: await response.text() };
  };
}

/** How many descriptors of a file are open. */
const openOf = (path: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  }).length;

const kinds: [kind: string, file: string | URL | StoredFile][] = [
  ['a path', page],
  ['a URL', new URL(`file://${page}`)],
  ['a File', new File([CONTENT], 'page.txt', { lastModified: MODIFIED })],
  [
    'an object that streams',
    {
      size: 10,
      lastModified: MODIFIED,
      slice: (start: number, end: number) =>
        new Blob([CONTENT]).slice(start, end).stream() as ReadableStream<Uint8Array<ArrayBuffer>>,
    },
  ],
];

describe.each(kinds)('serveFile of %s', (_, file) => {
  const serving: Handler = (request) => serveFile(request, file, { 'Content-Type': 'text/plain' });

  it('§8.8 has the validators of the file', async () => {
    const ask = await serve(serving);
    const { status, fields, text } = await ask();
    expect([status, text]).toEqual([200, CONTENT]);
    const expected = { etag: TAG, 'last-modified': DATE, 'accept-ranges': 'bytes', 'content-length': '10' };
    expect(fields).toMatchObject({ ...expected, 'content-type': 'text/plain' });
    const head = await ask({}, 'HEAD');
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.fields).toMatchObject(expected);
  });

  it.each<[what: string, headers: Record<string, string>, status: number, text: string, contentRange?: string]>([
    ['§13.1.2 the tag', { 'if-none-match': TAG, range: 'bytes=0-1' }, 304, ''],
    ['§13.1.3 the date', { 'if-modified-since': DATE }, 304, ''],
    ['§14.1.2 a range', { range: 'bytes=2-4' }, 206, '234', 'bytes 2-4/10'],
    ['§14.1.2 a suffix', { range: 'bytes=-2' }, 206, '89', 'bytes 8-9/10'],
    ['§14.2 several ranges', { range: 'bytes=0-1,4-5' }, 200, CONTENT],
    ['§13.1.5 a range of the very date', { range: 'bytes=2-4', 'if-range': DATE }, 206, '234', 'bytes 2-4/10'],
    ['§13.1.5 a range of a stale tag', { range: 'bytes=2-4', 'if-range': '"x"' }, 200, CONTENT],
    ['§13.1.5 a range of a weak tag', { range: 'bytes=2-4', 'if-range': TAG }, 200, CONTENT],
    ['§15.5.17 no range of it', { range: 'bytes=10-' }, 416, '', 'bytes */10'],
  ])('answers %s', async (_, headers, status, text, contentRange) => {
    const found = await (await serve(serving))(headers);
    expect([found.status, found.text, found.fields['content-range']]).toEqual([status, text, contentRange]);
  });

  it('§15.5.13 refuses', async () => {
    const refused = await (await serve(serving))({ 'if-match': '"x"' });
    expect([refused.status, JSON.parse(refused.text).reason, refused.fields.etag]).toEqual([412, 'no-match', TAG]);
  });

  it('inside of etag() answers as it does alone', async () => {
    const ask = await serve(etag(serving));
    expect((await ask()).fields.etag).toBe(TAG);
    expect((await ask({ 'if-none-match': TAG })).status).toBe(304);
    const part = await ask({ range: 'bytes=2-4' });
    expect([part.status, part.text]).toEqual([206, '234']);
  });
});

describe('serveFile', () => {
  it('§13.1.5 lets a strong tag of the application satisfy If-Range', async () => {
    const ask = await serve((request) => serveFile(request, page, { ETag: '"v7"' }));
    const statusOf = async (ifRange: string) => (await ask({ range: 'bytes=0-1', 'if-range': ifRange })).status;
    expect([await statusOf('"v7"'), await statusOf('"v6"'), await statusOf('W/"v7"')]).toEqual([206, 200, 200]);
  });

  it('sends large files whole, and empty ones', async () => {
    const content = Uint8Array.from({ length: 200_001 }, (_, at) => 65 + (at % 26));
    const path = write('large.txt', content);
    const ask = await serve((request) => serveFile(request, path));
    expect((await ask()).text).toBe(new TextDecoder().decode(content));
    const part = await ask({ range: 'bytes=65535-150000' });
    expect(part.text).toBe(new TextDecoder().decode(content.subarray(65535, 150_001)));
    const empty = write('empty.txt', '');
    expect((await (await serve((request) => serveFile(request, empty)))()).text).toBe('');
    await vi.waitFor(() => expect([openOf(path), openOf(empty)]).toEqual([0, 0]));
  });

  it.each([
    ['ENOENT', join(folder, 'none.txt')],
    ['EISDIR', folder],
  ])('throws %s', async (code, path) => {
    await expect(serveFile(new Request('http://localhost/'), path)).rejects.toMatchObject({ code });
    expect(openOf(path)).toBe(0);
  });

  it('closes the file, whatever the answer', async () => {
    const asked = [{}, { 'if-none-match': TAG }, { 'if-match': '"x"' }, { range: 'bytes=10-' }];
    for (const headers of asked as Record<string, string>[]) {
      const response = await serveFile(new Request('http://localhost/', { headers }), page);
      if (response.status === 200) await response.body?.cancel();
      expect(openOf(page)).toBe(0);
    }
  });

  it('breaks off, and closes the file, when it becomes shorter', async () => {
    const path = write('shrinks.txt', new Uint8Array(200_000));
    const response = await serveFile(new Request('http://localhost/'), path);
    truncateSync(path, 10);
    await expect(response.arrayBuffer()).rejects.toThrow('shorter');
    expect(openOf(path)).toBe(0);
  });

  it('is not a part of the main entry, which runs where there is no file system', () => {
    const sources = readdirSync(import.meta.dirname).filter((name) => /^(?!serve-file|.*\.test).*\.ts$/.test(name));
    expect(sources).toContain('index.ts');
    for (const name of sources)
      expect(readFileSync(join(import.meta.dirname, name), 'utf8')).not.toMatch(/node:|serve-file/);
  });
});
