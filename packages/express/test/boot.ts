import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import type { Application, AppRequest, Fields, Reply, Resource, Running } from 'adapter-suite';
import compression from 'compression';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { errors, etag, expectation, precondition, respond } from '../src/index.ts';

/** Serves an app on a free port. */
export async function listen(app: Express): Promise<Running> {
  const server = app.listen(0);
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
}

/**
 * Serves an application, written as one of Express would be written.
 *
 * @param app - of Express 5, or of Express 4
 */
export function boot(application: Application, app: Express = express()): Promise<Running> {
  const { compression: where = 'none', tags, require, before, after, resources } = application;
  app.set('env', 'test');
  app.use((req, res, next) => {
    const { request = {}, response = {} } = before?.(requestOf(req)) ?? {};
    Object.assign(req.headers, request);
    setFields(res, response);
    next();
  });
  if (where === 'outside') app.use(compression());
  if (tags !== false) app.use(etag(tags));
  if (where === 'inside') app.use(compression());
  if (after) {
    app.use((req, _res, next) => {
      Object.assign(req.headers, after(requestOf(req)));
      next();
    });
  }
  if (require) app.use(precondition({ require }));
  for (const resource of resources) mount(app, resource);
  app.use(errors());
  return listen(app);
}

function mount(app: Express, { path, current, require, options, handle, read, write, isOff }: Resource): void {
  const find = current && ((req: Request) => current(requestOf(req)));
  if (find) {
    for (const method of ['get', 'query'] as const) app[method]?.(path, etag({ current: find, ...options }));
  }
  if (isOff) app.get(path, etag(false));
  if (read) {
    for (const method of ['get', 'query'] as const) {
      app[method]?.(path, (req: Request, res: Response, next: NextFunction) => {
        read(requestOf(req))
          .then((result) => respond(res, result, options))
          .catch(next);
      });
    }
  }
  if (write) {
    const save = async (req: Request, res: Response) => {
      const outcome = await write(expectation(req, { require, ...options }), requestOf(req));
      respond(res, outcome, { storedAsSent: true, ...options });
    };
    for (const method of ['put', 'patch', 'delete'] as const) {
      // Express 4 knows no promises.
      app[method](path, (req, res, next) => void save(req, res).catch(next));
    }
  }
  if (find) app.all(path, unlessRead(precondition({ current: find, require, ...options })));
  app.all(path, (req, res, next) => {
    Promise.resolve()
      .then(() => handle(requestOf(req)))
      .then((reply) => send(res, reply))
      .catch(next);
  });
}

type Middleware = ReturnType<typeof etag>;

function unlessRead(middleware: Middleware): Middleware {
  return (req, res, next) => (['GET', 'HEAD', 'QUERY'].includes(req.method) ? next() : middleware(req, res, next));
}

function requestOf({ method, url, headers, headersDistinct }: Request): AppRequest {
  // What a middleware has set is not among the lines that came.
  return { method, url, headers: { ...headers, ...headersDistinct } };
}

function setFields(res: Response, fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) res.setHeader(name, value);
}

function send(res: Response, reply: Reply): void {
  const { status = 200, statusMessage, headers = {}, deletes = [], error, text, json, bytes, chunks } = reply;
  res.status(status);
  if (statusMessage) res.statusMessage = statusMessage;
  setFields(res, headers);
  for (const name of deletes) res.removeHeader(name);
  if (error) throw error;
  if (chunks) pipeline(Readable.from(chunks, { objectMode: false }), res, () => {});
  else if (json !== undefined) res.json(json);
  else if (bytes) res.send(Buffer.from(bytes));
  else if (text !== undefined) res.send(text);
  else res.end();
}
