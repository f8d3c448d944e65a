import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { replace } from '@etag/concurrency';
import { errors, etag, expectation, precondition, respond, versionTag } from '@etag/node';
// @ts-expect-error: it brings no types
import bodyParser from 'body-parser';
import compression from 'compression';
import connect from 'connect';
import timeout from 'connect-timeout';
import cookieParser from 'cookie-parser';
// @ts-expect-error: it brings no types
import cors from 'cors';
import session from 'express-session';
import helmet from 'helmet';
import morgan from 'morgan';
import responseTime from 'response-time';
// @ts-expect-error: it brings no types
import serveStatic from 'serve-static';
import { CONTENT, chunks, type Data, OWN_TAG, STATE, STATIC, type Wild } from './application.ts';
import { serveHandler } from './listen.ts';

type Parsed = IncomingMessage & { body?: unknown };
type Handler = (req: Parsed, res: ServerResponse) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: each of them has types of its own
type Middleware = any;

const middlewares: Record<string, () => Middleware> = {
  'connect-timeout': () => timeout('5s'),
  morgan: () => morgan('combined', { stream: { write: () => {} } }),
  'response-time': () => responseTime(),
  helmet: () => helmet(),
  cors: () => cors({ origin: true, exposedHeaders: ['ETag'] }),
  compression: () => compression(),
  'cookie-parser': () => cookieParser('secret'),
  'express-session': () => session({ secret: 'secret', resave: false, saveUninitialized: true }),
  'body-parser': () => bodyParser.json(),
  'serve-static': () => under('/static', serveStatic(STATIC)),
};

/** What `connect().use(path, …)` does, as a middleware. */
function under(path: string, middleware: Middleware): Middleware {
  return connect().use(path, middleware);
}

/** connect, with @etag/node. */
export const onConnect: Wild = {
  name: 'connect',
  middlewares: Object.keys(middlewares),
  fields: ['x-response-time', 'x-frame-options', 'access-control-expose-headers', 'set-cookie'],
  servesRanges: true,
  boot(data, order) {
    const app = connect();
    const all = Object.values(middlewares).map((make) => make());
    if (order === 'before') for (const middleware of all) app.use(middleware);
    app.use(etag());
    if (order === 'after') for (const middleware of all) app.use(middleware);
    const routes = routesOf(data);
    app.use((req: Parsed, res: ServerResponse, next: (error?: unknown) => void) => {
      const route = routes[`${req.method === 'HEAD' ? 'GET' : req.method} ${req.url}`];
      if (!route) return next();
      Promise.resolve()
        .then(() => route(req, res))
        .catch(next);
    });
    app.use(errors() as Middleware);
    return serveHandler(app);
  },
};

function routesOf(data: Data): Record<string, Handler> {
  const current = () => STATE;
  const early = etag({ current });
  const guarded = precondition({ current, require: true });
  return {
    'GET /content': (_, res) => json(res, CONTENT),
    'GET /own': (_, res) => res.setHeader('ETag', OWN_TAG).end('own'),
    'GET /early': (req, res) =>
      early(req, res, () => {
        data.handled += 1;
        json(res, CONTENT);
      }),
    'PUT /early': (req, res) =>
      guarded(req, res, () => {
        data.handled += 1;
        res.writeHead(204).end();
      }),
    'GET /stream': (_, res) => stream(res),
    'GET /stream/own': (_, res) => stream(res.setHeader('ETag', OWN_TAG)),
    'GET /note': async (_, res) => {
      const note = await data.notes.get('1');
      json(res.setHeader('ETag', versionTag(note?.version ?? '')), note?.value);
    },
    'PUT /note': async (req, res) =>
      respond(res, await replace(data.notes, '1', req.body, expectation(req, { require: true }))),
  };
}

function json(res: ServerResponse, value: unknown): void {
  res.setHeader('Content-Type', 'application/json').end(JSON.stringify(value));
}

function stream(res: ServerResponse): void {
  pipeline(Readable.from(chunks(), { objectMode: false }), res.setHeader('Content-Type', 'text/plain'), () => {});
}
