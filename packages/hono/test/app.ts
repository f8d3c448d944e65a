import type { Application, AppRequest, Reply, Resource } from 'adapter-suite';
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import type { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status';
import { streamOf } from '../../fetch/test/handler.ts';
import { etag, expectation, precondition, respond } from '../src/index.ts';

/**
 * Makes an app of an application, as one of Hono would be written.
 *
 * @param application - as data
 */
export function appOf({ compression, tags, require, before, after, resources }: Application): Hono {
  const app = new Hono();
  app.onError(async (error, c) => {
    if (!('getResponse' in error)) return c.text('failed', 500);
    // As Hono's own handler has it: with the fields that were set before. As bytes: before a stream, @hono/node-server writes
    // the head as UTF-8, and a tag may have characters beyond ASCII.
    const response: Response = (error as HTTPException).getResponse();
    return c.newResponse(await response.arrayBuffer(), response);
  });
  if (before) {
    app.use(async (c, next) => {
      const { request = {}, response = {} } = before(requestOf(c));
      for (const [name, value] of linesOf(request)) c.req.raw.headers.set(name, value);
      for (const [name, value] of linesOf(response)) c.header(name, value, { append: true });
      await next();
    });
  }
  if (compression === 'outside') app.use(compress());
  if (tags !== false) app.use(etag(tags));
  if (compression === 'inside') app.use(compress());
  if (after) {
    app.use(async (c, next) => {
      const headers = new Headers(c.req.raw.headers);
      for (const [name, value] of linesOf(after(requestOf(c)))) headers.set(name, value);
      // As Hono's documentation has it.
      c.req.raw = new Request(c.req.raw, { headers });
      await next();
    });
  }
  if (require) app.use(precondition({ require }));
  for (const resource of resources) mount(app, resource);
  return app;
}

function mount(app: Hono, { path, current, require, options, handle, read, write, isOff }: Resource): void {
  const find = current && ((c: Context) => current(requestOf(c)));
  if (find) app.on(['GET', 'QUERY'], path, etag({ current: find, ...options }));
  if (isOff) app.get(path, etag(false));
  if (read) app.on(['GET', 'QUERY'], path, async (c) => respond(c, await read(requestOf(c)), options));
  if (write) {
    app.on(['PUT', 'PATCH', 'DELETE'], path, async (c) =>
      respond(c, await write(expectation(c, { require, ...options }), requestOf(c)), {
        storedAsSent: true,
        ...options,
      }),
    );
  }
  if (find) {
    const guard = precondition({ current: find, require, ...options });
    app.all(path, (c, next) => (['GET', 'HEAD', 'QUERY'].includes(c.req.method) ? next() : guard(c, next)));
  }
  app.all(path, async (c) => send(c, await handle(requestOf(c))));
}

function requestOf({ req: { raw } }: Context): AppRequest {
  return raw;
}

function linesOf(fields: NonNullable<Reply['headers']>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((line): [string, string] => [name, line]),
  );
}

function send(c: Context, reply: Reply): Response {
  const { status = 200, headers = {}, deletes = [], error, text, json, bytes, chunks } = reply;
  for (const name of deletes) c.header(name, undefined);
  if (error) {
    for (const [name, value] of linesOf(headers)) c.header(name, value, { append: true });
    throw error;
  }
  const fields = headers as Record<string, string | string[]>;
  const code = status as ContentfulStatusCode;
  if (chunks) return c.body(streamOf(chunks), code, fields);
  if (json !== undefined) return c.json(json, code, fields);
  if (bytes) return c.body(bytes, code, fields);
  if (text !== undefined) return c.text(text, code, fields);
  return c.body(null, status as StatusCode, fields);
}
