import type { Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import * as onExpress from '@etag/express';
import * as onFastify from '@etag/fastify';
import * as onHono from '@etag/hono';
import * as onKoa from '@etag/koa';
import { serve as serveHono } from '@hono/node-server';
// @ts-expect-error: @types/express is not a dependency here
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
// @ts-expect-error: nor is @types/koa
import Koa from 'koa';
import { listening, type Peer } from './peers.ts';

/** What is used of a response of Express. */
interface Sent {
  json(value: unknown): void;
  sendStatus(status: number): void;
}

/** Servers with our adapters: /a holds JSON, has the tag of its version, and is written only with a precondition. */
export const counters: Record<string, () => Promise<Peer>> = {
  async '@etag/hono'() {
    const store = memoryStore<object>();
    const app = new Hono();
    app.get('/a', onHono.etag({ current: () => store.state('a') }), async (c) => {
      const stored = await store.get('a');
      return stored ? c.json(stored.value) : c.notFound();
    });
    app.put('/a', async (c) => {
      const expected = onHono.expectation(c, { require: true });
      return onHono.respond(c, await replace(store, 'a', await c.req.json(), expected));
    });
    return listening(serveHono({ fetch: app.fetch, port: 0 }) as Server);
  },
  async '@etag/koa'() {
    const store = memoryStore<object>();
    const early = onKoa.etag({ current: () => store.state('a') });
    const app = new Koa();
    app.use(onKoa.etag());
    app.use(async (ctx: Context) => {
      if (ctx.method === 'GET') {
        return early(ctx, async () => {
          const stored = await store.get('a');
          if (stored) ctx.body = stored.value;
        });
      }
      const expected = onKoa.expectation(ctx, { require: true });
      onKoa.respond(ctx, await replace(store, 'a', JSON.parse(await text(ctx.req)), expected));
    });
    return listening(app.listen(0));
  },
  async '@etag/express'() {
    const store = memoryStore<object>();
    const app = express();
    app.use(express.json());
    app.get('/a', onExpress.etag({ current: () => store.state('a') }), async (_: unknown, response: Sent) => {
      const stored = await store.get('a');
      if (stored) response.json(stored.value);
      else response.sendStatus(404);
    });
    app.put('/a', async (request: Request, response: Response) => {
      const expected = onExpress.expectation(request, { require: true });
      onExpress.respond(response, await replace(store, 'a', request.body, expected));
    });
    app.use(onExpress.errors());
    return listening(app.listen(0));
  },
  async '@etag/fastify'() {
    const store = memoryStore<object>();
    const app = fastify({ forceCloseConnections: true });
    await app.register(onFastify.etagPlugin);
    app.get('/a', { preHandler: onFastify.etag({ current: () => store.state('a') }) }, async (_, reply) => {
      const stored = await store.get('a');
      return stored ? stored.value : reply.code(404).send();
    });
    app.put('/a', async (request, reply) => {
      const expected = onFastify.expectation(request, { require: true });
      return onFastify.respond(reply, await replace(store, 'a', request.body as object, expected));
    });
    return { origin: await app.listen({ port: 0 }), close: () => app.close() };
  },
};

// What the adapters take, in place of the types of Koa and Express.
type Context = Parameters<ReturnType<typeof onKoa.etag>>[0];
type Request = Parameters<typeof onExpress.expectation>[0];
type Response = Parameters<typeof onExpress.respond>[0];
