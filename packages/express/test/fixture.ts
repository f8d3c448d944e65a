import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { eventStream, largeChunks, plainAnswer, stateOf, streamChunks } from '@etag/conformance';
import compression from 'compression';
import express, { type Express, type Request, type Response } from 'express';
import { errors, etag, precondition } from '../src/index.ts';

/** Where `compression()` stands, seen from `etag()`. */
export type Compression = 'none' | 'inside' | 'outside';

/**
 * What a server under test offers, written as an application would write it.
 *
 * @param app - of Express 5, or of Express 4
 */
export function fixture(compressed: Compression, app: Express = express()): Express {
  const current = (req: Request) => stateOf(req.url);
  const answer = (req: Request, res: Response) => {
    const { status, headers, body } = plainAnswer({ method: req.method, headers: req.headersDistinct }, req.url);
    res.status(status);
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    // Node writes the head of a response as UTF-8 together with a string, and as bytes together with bytes.
    const ascii = req.path === '/content' && !/[\x80-\xff]/.test(Object.values(headers).join());
    res.send(ascii ? body : Buffer.from(body));
  };
  const stream =
    (chunks: (url: string) => AsyncGenerator<Uint8Array>, type: string) => (req: Request, res: Response) => {
      res.setHeader('Content-Type', type);
      pipeline(Readable.from(chunks(req.url), { objectMode: false }), res, () => {});
    };
  if (compressed === 'outside') app.use(compression());
  app.use(etag());
  if (compressed === 'inside') app.use(compression());
  app.get('/state', etag({ current }), answer);
  app.query?.('/state', etag({ current }), answer);
  app.all('/state', precondition({ current }), answer);
  app.all('/content', answer);
  app.get('/events', stream(eventStream, 'text/event-stream'));
  app.get('/large', stream(largeChunks, 'text/plain'));
  app.get('/stream', stream(streamChunks, 'text/plain'));
  app.use(errors());
  return app;
}

/** Serves an app on a free port. */
export async function listen(app: Express): Promise<{ origin: string; close(): void }> {
  const server = app.listen(0);
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** Serves the fixture on a free port. */
export function start(compressed: Compression, app?: Express): Promise<{ origin: string; close(): void }> {
  return listen(fixture(compressed, app));
}
