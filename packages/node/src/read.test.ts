import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { ResourceState } from '@etag/core';
import compression from 'compression';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../test/boot.ts';
import { interceptedRead, type Read, requestHead } from './index.ts';

type Handler = (res: ServerResponse, read: Read) => void;

/** A server whose framework, so to speak, says when a response is finished. */
async function serve(handler: Handler, before?: (req: IncomingMessage, res: ServerResponse, next: () => void) => void) {
  const answer = (req: IncomingMessage, res: ServerResponse) => handler(res, interceptedRead(requestHead(req), res));
  const server = createServer((req, res) => (before ? before(req, res, () => answer(req, res)) : answer(req, res)));
  const { origin, close } = await listen(server);
  onTestFinished(() => void close());
  return (headers: Record<string, string> = {}) => fetch(origin, { headers });
}

const state: ResourceState = { etag: '"v7"' };
const TEXT = 'content '.repeat(500);
const compress = compression() as unknown as (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

/** How the fields of a head reach Node. */
const writers: [string, (res: ServerResponse, status: number, fields: Record<string, string>) => void][] = [
  [
    'set one by one',
    (res, status, fields) => {
      res.statusCode = status;
      for (const [name, value] of Object.entries(fields)) res.setHeader(name, value);
    },
  ],
  ['written as an object', (res, status, fields) => void res.writeHead(status, fields)],
  ['written behind no reason phrase', (res, status, fields) => void res.writeHead(status, undefined, fields)],
  ['written as a list', (res, status, fields) => void res.writeHead(status, Object.entries(fields).flat())],
  ['written as a list of pairs', (res, status, fields) => void res.writeHead(status, Object.entries(fields) as never)],
  [
    'both',
    (res, status, fields) => {
      res.setHeader('X-Request-Id', '7');
      res.writeHead(status, fields);
    },
  ],
];

it.each(writers)('finishes the head of a 304 whose fields are %s', async (_, write) => {
  const get = await serve((res, read) => {
    const isNotModified = read.evaluateState(state);
    write(res, isNotModified ? 304 : 200, {
      'Content-Type': 'text/plain',
      'Content-Language': 'en',
      Vary: 'Origin',
      ETag: '"v7"',
    });
    res.end(isNotModified ? '' : TEXT);
  });
  const found = await get();
  expect([found.status, found.headers.get('etag'), found.headers.get('content-language')]).toEqual([200, '"v7"', 'en']);
  const match = await get({ 'If-None-Match': '"v7-gzip"' });
  expect([match.status, match.headers.get('etag'), match.headers.get('vary')]).toEqual([
    304,
    '"v7-gzip"',
    'Origin, Accept-Encoding',
  ]);
  for (const name of ['content-type', 'content-language', 'content-length'])
    expect(match.headers.has(name)).toBe(false);
});

it.each(writers)('gives the tag the form of a coding that came later, its fields %s', async (_, write) => {
  const get = await serve((res, read) => {
    read.evaluate(TEXT, { digest: () => 'digest' });
    write(res, 200, { 'Content-Encoding': 'gzip', ETag: '"digest"' });
    res.end(gzipSync(TEXT));
  });
  const found = await get();
  expect([found.headers.get('etag'), await found.text()]).toEqual(['"digest-gzip"', TEXT]);
});

it('sees the coding of a compressor that intercepts the head, too', async () => {
  const get = await serve((res, read) => {
    const isNotModified = read.evaluateState(state);
    res.writeHead(isNotModified ? 304 : 200, { 'Content-Type': 'text/plain' });
    res.end(isNotModified ? undefined : TEXT);
  }, compress);
  const headers = { 'Accept-Encoding': 'gzip' };
  const found = await get(headers);
  expect([found.headers.get('content-encoding'), found.headers.get('etag')]).toEqual(['gzip', '"v7-gzip"']);
  expect(await found.text()).toBe(TEXT);
  const match = await get({ ...headers, 'If-None-Match': '*' });
  expect([match.status, match.headers.get('etag'), match.headers.get('vary')]).toEqual([
    304,
    'W/"v7"',
    'Accept-Encoding',
  ]);
});

it('takes validators back from a response that is not a 2xx, unless it was told to forget', async () => {
  for (const isForgotten of [false, true]) {
    const get = await serve((res, read) => {
      read.evaluateState({ etag: '"v7"', lastModified: 0 });
      if (isForgotten) read.forget();
      res.writeHead(404).end('gone');
    });
    const { status, headers } = await get();
    expect([status, headers.has('etag'), headers.has('last-modified')]).toEqual([404, isForgotten, isForgotten]);
  }
});

it('sends text as bytes where the tag has letters beyond ASCII', async () => {
  const get = await serve((res, read) => {
    read.evaluateState({ etag: '"café"' });
    res.write('déjà ');
    res.end('76c3bc', 'hex' as never);
  });
  const found = await get();
  expect([found.headers.get('etag'), await found.text()]).toEqual(['"café"', 'déjà vü']);
});
