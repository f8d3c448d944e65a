import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import type { StatusCode } from 'hono/utils/http-status';
import { eventStream, streamChunks } from '../../src/fixture.js';
import { answer, installed } from './answer.js';

export const name = 'hono/etag';
export const version = installed('hono', '@hono/node-server');
export const telling = ['stream-events', 'content-304-keeps', 'content-malformed'];

function fixture(): Hono {
  const handler = (c: Context) => {
    const { status, headers, content } = answer(c.req.raw, c.req.url);
    return c.newResponse(status === 204 ? null : content, status as StatusCode, headers);
  };
  const app = new Hono();
  app.use(etag());
  app.all('/state', handler);
  app.all('/content', handler);
  app.get('/events', (c) => c.body(streamOf(eventStream()), 200, { 'Content-Type': 'text/event-stream' }));
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
export async function start(): Promise<{ origin: string; close(): void }> {
  const server = serve({ fetch: fixture().fetch, port: 0 });
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
