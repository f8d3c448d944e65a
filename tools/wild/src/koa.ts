import { Readable } from 'node:stream';
import { replace } from '@etag/concurrency';
import { etag, expectation, precondition, respond, versionTag } from '@etag/koa';
import { bodyParser } from '@koa/bodyparser';
import cors from '@koa/cors';
import Router, { type RouterMiddleware } from '@koa/router';
import Koa, { type Middleware } from 'koa';
import compress from 'koa-compress';
import helmet from 'koa-helmet';
import logger from 'koa-logger';
import ratelimit from 'koa-ratelimit';
import responseTime from 'koa-response-time';
import session from 'koa-session';
import serveStatic from 'koa-static';
import { CONTENT, chunks, type Data, OWN_TAG, STATE, STATIC, type Wild } from './application.ts';
import { serveHandler } from './listen.ts';

const middlewares: Record<string, (app: Koa) => Middleware> = {
  'koa-logger': () => logger(() => {}) as unknown as Middleware,
  'koa-response-time': () => responseTime(),
  'koa-helmet': () => helmet() as unknown as Middleware,
  '@koa/cors': () => cors({ exposeHeaders: 'ETag' }),
  'koa-ratelimit': () => ratelimit({ driver: 'memory', db: new Map(), max: 1000 }),
  'koa-compress': () => compress(),
  'koa-session': (app) => session({ rolling: true }, app),
  '@koa/bodyparser': () => bodyParser() as unknown as Middleware,
  'koa-static': () => under('/static', serveStatic(STATIC)),
};

function under(path: string, middleware: Middleware): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith(`${path}/`)) return next();
    const whole = ctx.path;
    ctx.path = whole.slice(path.length);
    try {
      await middleware(ctx, next);
    } finally {
      ctx.path = whole;
    }
  };
}

/** Koa, with @etag/koa. */
export const onKoa: Wild = {
  name: 'koa',
  middlewares: [...Object.keys(middlewares), '@koa/router'],
  fields: ['x-response-time', 'x-frame-options', 'access-control-expose-headers', 'x-ratelimit-limit', 'set-cookie'],
  servesRanges: false,
  boot(data, order) {
    const app = new Koa();
    app.silent = true;
    app.keys = ['secret'];
    const all = Object.values(middlewares).map((make) => make(app));
    if (order === 'before') for (const middleware of all) app.use(middleware);
    app.use(etag());
    if (order === 'after') for (const middleware of all) app.use(middleware);
    // A session is set as a cookie once something is in it.
    app.use((ctx, next) => {
      (ctx as unknown as { session: { seen: boolean } }).session.seen = true;
      return next();
    });
    app.use(routerOf(data).routes() as unknown as Middleware);
    return serveHandler(app.callback());
  },
};

function routerOf(data: Data): Router {
  const current = () => STATE;
  const router = new Router();
  const early = etag({ current }) as unknown as RouterMiddleware;
  const guarded = precondition({ current, require: true }) as unknown as RouterMiddleware;
  router.get('/content', (ctx) => {
    ctx.body = CONTENT;
  });
  router.get('/own', (ctx) => {
    ctx.set('ETag', OWN_TAG);
    ctx.body = 'own';
  });
  router.get('/early', early, (ctx) => {
    data.handled += 1;
    ctx.body = CONTENT;
  });
  router.put('/early', guarded, (ctx) => {
    data.handled += 1;
    ctx.status = 204;
  });
  router.get('/stream', (ctx) => {
    ctx.type = 'text/plain';
    ctx.body = Readable.from(chunks(), { objectMode: false });
  });
  router.get('/stream/own', (ctx) => {
    ctx.type = 'text/plain';
    ctx.set('ETag', OWN_TAG);
    ctx.body = Readable.from(chunks(), { objectMode: false });
  });
  router.get('/note', async (ctx) => {
    const note = await data.notes.get('1');
    ctx.set('ETag', versionTag(note?.version ?? ''));
    ctx.body = note?.value;
  });
  router.put('/note', async (ctx) => {
    const context = ctx as unknown as Koa.Context;
    const { body } = ctx.request as { body?: unknown };
    respond(context, await replace(data.notes, '1', body, expectation(context, { require: true })));
  });
  return router;
}
