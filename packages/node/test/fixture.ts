import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { eventStream, largeChunks, plainAnswer, stateOf, streamChunks } from '@etag/conformance';
import compression from 'compression';
import { etag, precondition } from '../src/index.ts';

/** Where `compression()` stands, seen from `etag()`. */
export type Compression = 'none' | 'inside' | 'outside';

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

/** A server in the order in which its middlewares are given. */
function handle(compressed: Compression, handler: Handler): Handler {
  const tag = etag();
  const compress = compression() as unknown as (req: IncomingMessage, res: ServerResponse, next: () => void) => void;
  const tagged = (inner: Handler): Handler => (req, res) => tag(req, res, () => inner(req, res));
  const compressing = (inner: Handler): Handler => (req, res) => compress(req, res, () => inner(req, res));
  if (compressed === 'outside') return compressing(tagged(handler));
  return tagged(compressed === 'inside' ? compressing(handler) : handler);
}

/** What a server under test offers, written as an application would write it. */
export function fixture(compressed: Compression): Server {
  const current = (req: IncomingMessage) => stateOf(req.url ?? '');
  const early = etag({ current });
  const guarded = precondition({ current });
  const answer: Handler = (req, res) => {
    const head = { method: req.method ?? '', headers: req.headersDistinct };
    const { status, headers, body } = plainAnswer(head, req.url ?? '');
    res.statusCode = status;
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    // Node writes the head of a response as UTF-8 together with a string, and as bytes together with bytes.
    const ascii = !/[\x80-\xff]/.test(Object.values(headers).join());
    res.end(ascii ? body : Buffer.from(body));
  };
  const stream = (res: ServerResponse, type: string, chunks: AsyncGenerator<Uint8Array>) => {
    res.setHeader('Content-Type', type);
    pipeline(Readable.from(chunks, { objectMode: false }), res, () => {});
  };
  const handler: Handler = (req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://localhost');
    if (pathname === '/state') {
      const isRead = ['GET', 'HEAD', 'QUERY'].includes(req.method ?? '');
      return (isRead ? early : guarded)(req, res, () => answer(req, res));
    }
    if (pathname === '/content') return answer(req, res);
    if (pathname === '/events') return stream(res, 'text/event-stream', eventStream());
    if (pathname === '/large') return stream(res, 'text/plain', largeChunks(req.url ?? ''));
    if (pathname === '/stream') return stream(res, 'text/plain', streamChunks());
    res.statusCode = 404;
    res.end();
  };
  return createServer(handle(compressed, handler));
}

/** Serves on a free port. */
export async function listen(server: Server): Promise<{ origin: string; close(): void }> {
  server.listen(0);
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** Serves the fixture on a free port. */
export function start(compressed: Compression): Promise<{ origin: string; close(): void }> {
  return listen(fixture(compressed));
}
