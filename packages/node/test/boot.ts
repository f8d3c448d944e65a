import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import type { Application, AppRequest, Boot, Fields, Reply, Resource, Running } from 'adapter-suite';
import compression from 'compression';
import { errors, etag, expectation, precondition, respond } from '../src/index.ts';

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;
type Compress = (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

/** Serves on a free port. */
export async function listen(server: Server): Promise<Running> {
  server.listen(0);
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections?.();
  };
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
}

/** Serves an application, written as one for plain node:http would be written. */
export const boot: Boot = (application: Application) => {
  const { compression: where = 'none', isHttp2, tags, require, before, after, resources } = application;
  const routes = new Map(resources.map((resource) => [resource.path, route(resource)]));
  const routed: Handler = (req, res) => {
    Object.assign(req.headers, after?.(requestOf(req)));
    const handler = routes.get(new URL(req.url ?? '/', 'http://localhost').pathname);
    if (handler) return handler(req, res);
    res.statusCode = 404;
    res.end();
  };
  const tag: ReturnType<typeof etag> = tags === false ? (_req, _res, next) => next() : etag(tags);
  const tagged =
    (inner: Handler): Handler =>
    (req, res) =>
      tag(req, res, () => inner(req, res));
  const compress = compression() as unknown as Compress;
  const compressed =
    (inner: Handler): Handler =>
    (req, res) =>
      compress(req, res, () => inner(req, res));
  const guard = require && precondition({ require });
  const guarded: Handler = (req, res) => (guard ? guard(req, res, () => routed(req, res)) : routed(req, res));
  const caught: Handler = (req, res) => failing(guarded(req, res), req, res);
  const handlers = { none: tagged(caught), inside: tagged(compressed(caught)), outside: compressed(tagged(caught)) };
  // The requests and responses of HTTP/2 have the same methods.
  const create = isHttp2 ? (createHttp2Server as unknown as typeof createServer) : createServer;
  return listen(
    create((req, res) => {
      const { request = {}, response = {} } = before?.(requestOf(req)) ?? {};
      Object.assign(req.headers, request);
      setFields(res, response);
      handlers[where](req, res);
    }),
  );
};

/** What a handler rejects with is answered, as an application would. */
async function failing(result: unknown, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const answer = errors();
  try {
    await result;
  } catch (error) {
    answer(error, req, res, () => {
      res.statusCode = 500;
      res.end();
    });
  }
}

const READS = ['GET', 'HEAD', 'QUERY'];

function route({ path: _, current, require, options, handle, read, write, isOff }: Resource): Handler {
  const find = current && ((req: IncomingMessage) => current(requestOf(req)));
  const early = isOff ? etag(false) : find && etag({ current: find, ...options });
  const guarded = find && precondition({ current: find, require, ...options });
  const answer: Handler = async (req, res) => {
    if (read && READS.includes(req.method ?? '')) return respond(res, await read(requestOf(req)), options);
    send(res, await handle(requestOf(req)));
  };
  const save: Handler = async (req, res) => {
    const outcome = await write?.(expectation(req, { require, ...options }), requestOf(req));
    respond(res, outcome as NonNullable<typeof outcome>, { storedAsSent: true, ...options });
  };
  return (req, res) => {
    const method = req.method ?? '';
    if (write && ['PUT', 'PATCH', 'DELETE'].includes(method)) return save(req, res);
    const middleware = READS.includes(method) ? early : guarded;
    return middleware ? middleware(req, res, () => answer(req, res)) : answer(req, res);
  };
}

function requestOf({ method = '', url = '', headers, headersDistinct }: IncomingMessage): AppRequest {
  // What a middleware has set is not among the lines that came.
  return { method, url, headers: { ...headers, ...headersDistinct } };
}

function setFields(res: ServerResponse, fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) res.setHeader(name, value);
}

function send(res: ServerResponse, reply: Reply): void {
  const { status = 200, statusMessage, headers = {}, deletes = [], error, text, json, bytes, chunks } = reply;
  res.statusCode = status;
  if (statusMessage) res.statusMessage = statusMessage;
  if (json !== undefined) res.setHeader('Content-Type', 'application/json');
  setFields(res, headers);
  for (const name of deletes) res.removeHeader(name);
  if (error) throw error;
  if (chunks) pipeline(Readable.from(chunks, { objectMode: false }), res, () => {});
  else if (json !== undefined) res.end(JSON.stringify(json));
  else if (bytes) res.end(Buffer.from(bytes));
  else if (text !== undefined) res.end(text);
  else res.end();
}
