import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { eventStream, largeChunks, plainAnswer, stateOf, streamChunks } from '@etag/conformance';
import Koa, { type Context } from 'koa';
import compress from 'koa-compress';
import { etag, precondition } from '../src/index.js';

/** Where koa-compress stands, seen from `etag()`. */
export type Compression = 'none' | 'inside' | 'outside';

/** What a server under test offers, written as an application would write it. */
export function fixture(compression: Compression, Application = Koa): Koa {
  const current = (ctx: Context) => stateOf(ctx.url);
  const early = etag({ current });
  const guarded = precondition({ current });
  const answer = async (ctx: Context) => {
    const { status, headers, body } = plainAnswer({ method: ctx.method, headers: ctx.headers }, ctx.url);
    // Node writes the head of a response as UTF-8 together with a string, and as bytes together with bytes.
    const ascii = ctx.path === '/content' && !/[\x80-\xff]/.test(Object.values(headers).join());
    ctx.status = status;
    ctx.set(headers);
    ctx.body = status === 204 ? null : ascii ? body : Buffer.from(body);
  };
  const app = new Application();
  // Clients hang up on a stream that never ends; Koa would print it.
  app.silent = true;
  if (compression === 'outside') app.use(compress());
  app.use(etag());
  if (compression === 'inside') app.use(compress());
  app.use((ctx) => {
    switch (ctx.path) {
      case '/state':
        return (['GET', 'HEAD', 'QUERY'].includes(ctx.method) ? early : guarded)(ctx, () => answer(ctx));
      case '/content':
        return answer(ctx);
      case '/events':
        ctx.type = 'text/event-stream';
        ctx.body = Readable.from(eventStream());
        return;
      case '/large':
        ctx.type = 'text/plain';
        ctx.body = Readable.from(largeChunks(ctx.url));
        return;
      case '/stream':
        ctx.type = 'text/plain';
        ctx.body = Readable.from(streamChunks());
    }
  });
  return app;
}

/** Serves an application on a free port. */
export async function serve(app: Koa): Promise<{ origin: string; close(): void }> {
  const server = app.listen(0);
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** Serves the fixture on a free port. */
export function start(compression: Compression, Application = Koa): Promise<{ origin: string; close(): void }> {
  return serve(fixture(compression, Application));
}
