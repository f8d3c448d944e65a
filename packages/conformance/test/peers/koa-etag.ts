import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import etag from '@koa/etag';
import Koa from 'koa';
import conditional from 'koa-conditional-get';
import { streamAnswer } from '../../src/fixture.ts';
import { answer, installed, rewrite } from './answer.ts';

export const name = '@koa/etag';
export const version = installed('koa-conditional-get', '@koa/etag', 'koa');
export const telling = ['coding-no-cache', 'peer-older-date-beside-matching-tag', 'tag-comma-if-none-match'];

function fixture(): Koa {
  const app = new Koa();
  // A client that hangs up is not an error here.
  app.silent = true;
  app.use((ctx, next) => {
    rewrite(ctx.req);
    return next();
  });
  app.use(conditional());
  app.use(etag());
  app.use((ctx) => {
    if (ctx.path === '/events' || ctx.path === '/stream') {
      const { headers, chunks } = streamAnswer(ctx.url);
      ctx.set(headers);
      ctx.body = Readable.from(chunks);
      return;
    }
    // headersDistinct: `headers` keeps only the first of repeated Range and If-Range lines.
    const head = { method: ctx.method, headers: ctx.req.headersDistinct };
    const { status, statusMessage, headers, content } = answer(head, ctx.url);
    ctx.status = status;
    if (statusMessage !== undefined) ctx.message = statusMessage;
    ctx.set(headers);
    ctx.body = content && Buffer.from(content);
  });
  return app;
}

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const server = fixture().listen(0);
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
