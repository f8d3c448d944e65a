import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { Application, AppRequest, Fields, Reply, Resource, Running } from 'adapter-suite';
import Koa, { type Context, type Middleware } from 'koa';
import compress from 'koa-compress';
import { etag, expectation, precondition, respond } from '../src/index.ts';

/** Serves an app on a free port. */
export async function serve(app: Koa, isHttp2 = false): Promise<Running> {
  const handle = app.callback();
  const server = isHttp2 ? (createHttp2Server(handle) as unknown as Server) : createServer(handle);
  server.listen(0);
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections?.();
  };
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
}

/**
 * Serves an application, written as one of Koa would be written.
 *
 * @param app - of Koa 3, or of Koa 2
 */
export function boot(application: Application, app: Koa = new Koa()): Promise<Running> {
  const { compression = 'none', isHttp2, tags, require, before, after, resources } = application;
  // Clients hang up on a stream that never ends; Koa would print it.
  app.silent = true;
  app.use((ctx, next) => {
    const fields = before?.(requestOf(ctx)) ?? {};
    Object.assign(ctx.headers, fields.request);
    setFields(ctx, fields.response);
    return next();
  });
  if (compression === 'outside') app.use(compress());
  if (tags !== false) app.use(etag(tags));
  if (compression === 'inside') app.use(compress());
  app.use((ctx, next) => {
    Object.assign(ctx.headers, after?.(requestOf(ctx)));
    return next();
  });
  if (require) app.use(precondition({ require }));
  for (const resource of resources) app.use(route(resource));
  return serve(app, isHttp2);
}

const READS = ['GET', 'HEAD', 'QUERY'];

/** What a router would do. */
function route({ path, current, require, options, handle, read, write, isOff }: Resource): Middleware {
  const find = current && ((ctx: Context) => current(requestOf(ctx)));
  const early = isOff ? etag(false) : find && etag({ current: find, ...options });
  const guarded = find && precondition({ current: find, require, ...options });
  const handler = async (ctx: Context) => {
    if (read && READS.includes(ctx.method)) return respond(ctx, await read(requestOf(ctx)), options);
    return send(ctx, await handle(requestOf(ctx)));
  };
  return async (ctx, next) => {
    if (ctx.path !== path) return next();
    if (READS.includes(ctx.method)) return early ? early(ctx, () => handler(ctx)) : handler(ctx);
    if (write && ['PUT', 'PATCH', 'DELETE'].includes(ctx.method)) {
      return respond(ctx, await write(expectation(ctx, { require, ...options }), requestOf(ctx)), {
        storedAsSent: true,
        ...options,
      });
    }
    return guarded ? guarded(ctx, () => handler(ctx)) : handler(ctx);
  };
}

function requestOf({ method, url, headers, req }: Context): AppRequest {
  // What a middleware has set is not among the lines that came.
  return { method, url, headers: { ...headers, ...req.headersDistinct } };
}

function setFields(ctx: Context, fields: Fields = {}): void {
  for (const [name, value] of Object.entries(fields)) ctx.set(name, value as string | string[]);
}

function send(ctx: Context, reply: Reply): void {
  const { status = 200, statusMessage, headers, deletes = [], error, text, json, bytes, chunks } = reply;
  ctx.status = status;
  if (statusMessage) ctx.message = statusMessage;
  setFields(ctx, headers);
  for (const name of deletes) ctx.remove(name);
  if (error) throw error;
  if (chunks) ctx.body = Readable.from(chunks, { objectMode: false });
  else if (bytes) ctx.body = Buffer.from(bytes);
  else if ((json ?? text) !== undefined) ctx.body = json ?? text;
}
