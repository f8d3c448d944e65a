import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import type { StatusCode } from 'hono/utils/http-status';
import { requestFields, streamAnswer } from '../../src/fixture.ts';
import { answer, installed } from './answer.ts';

export const name = 'hono/etag';
export const version = installed('hono', '@hono/node-server');
export const telling = ['stream-events', 'content-304-keeps', 'content-malformed'];

function fixture(): Hono {
  const handler = (c: Context) => {
    const { status, headers, content } = answer(c.req.raw, c.req.url);
    return c.newResponse(content, status as StatusCode, headers);
  };
  const stream = (c: Context) => {
    const { headers, chunks } = streamAnswer(c.req.url);
    return c.body(streamOf(chunks), 200, headers);
  };
  const app = new Hono();
  app.use((c, next) => {
    for (const [name, value] of Object.entries(requestFields(c.req.url))) c.req.raw.headers.set(name, value);
    return next();
  });
  app.use(etag());
  app.all('/state', handler);
  app.all('/content', handler);
  app.get('/events', stream);
  app.get('/stream', stream);
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
