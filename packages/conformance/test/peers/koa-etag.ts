import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import etag from '@koa/etag';
import Koa from 'koa';
import conditional from 'koa-conditional-get';
import { eventStream, streamChunks } from '../../src/fixture.js';
import { answer, installed } from './answer.js';

export const name = '@koa/etag';
export const version = installed('koa-conditional-get', '@koa/etag', 'koa');
export const telling = ['coding-no-cache', 'peer-older-date-beside-matching-tag', 'tag-comma-if-none-match'];

function fixture(): Koa {
  const app = new Koa();
  // A client that hangs up is no error here.
  app.silent = true;
  app.use(conditional());
  app.use(etag());
  app.use((ctx) => {
    if (ctx.path === '/events' || ctx.path === '/stream') {
      ctx.type = ctx.path === '/events' ? 'text/event-stream' : 'text/plain';
      ctx.body = Readable.from(ctx.path === '/events' ? eventStream() : streamChunks());
      return;
    }
    // headersDistinct: `headers` keeps only the first of repeated Range and If-Range lines.
    const { status, headers, content } = answer({ method: ctx.method, headers: ctx.req.headersDistinct }, ctx.url);
    ctx.status = status;
    ctx.set(headers);
    ctx.body = status === 204 ? null : content;
  });
  return app;
}

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const server = fixture().listen(0);
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
