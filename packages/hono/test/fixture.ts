import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventStream, largeChunks, plainAnswer, stateOf, streamChunks } from '@etag/conformance';
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import type { StatusCode } from 'hono/utils/http-status';
import { etag, precondition } from '../src/index.js';

/** Where the framework's own compression stands, seen from `etag()`. */
export type Compression = 'none' | 'inside' | 'outside';

/** What a server under test offers, written as an application would write it. */
export function fixture(compression: Compression): Hono {
  const current = (c: Context) => stateOf(c.req.url);
  const answer = (c: Context) => {
    const { status, headers, body } = plainAnswer(c.req.raw, c.req.url);
    // Node writes the head of a response as UTF-8 together with a string, and as bytes together with bytes.
    const ascii = c.req.path === '/content' && !/[\x80-\xff]/.test(Object.values(headers).join());
    const content = ascii ? body : new TextEncoder().encode(body);
    return c.newResponse(status === 204 ? null : content, status as StatusCode, headers);
  };
  const app = new Hono();
  if (compression === 'outside') app.use(compress());
  app.use(etag());
  if (compression === 'inside') app.use(compress());
  app.on(['GET', 'HEAD', 'QUERY'], '/state', etag({ current }), answer);
  app.all('/state', precondition({ current }), answer);
  app.all('/content', answer);
  app.get('/events', (c) => c.body(streamOf(eventStream()), 200, { 'Content-Type': 'text/event-stream' }));
  app.get('/large', (c) => c.body(streamOf(largeChunks(c.req.url)), 200, { 'Content-Type': 'text/plain' }));
  app.get('/stream', (c) => c.body(streamOf(streamChunks()), 200, { 'Content-Type': 'text/plain' }));
  return app;
}

function streamOf(chunks: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return();
    },
  });
}

/** Serves the fixture on a free port. */
export async function start(compression: Compression): Promise<{ origin: string; close(): void }> {
  const server = serve({ fetch: fixture(compression).fetch, port: 0 });
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
