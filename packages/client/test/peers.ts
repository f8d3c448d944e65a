import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { etag as expressEtag } from '@etag/express';
import { etagPlugin } from '@etag/fastify';
import { etag as honoEtag } from '@etag/hono';
import { etag as koaEtag } from '@etag/koa';
import hapi from '@hapi/hapi';
import { serve as serveHono } from '@hono/node-server';
// @ts-expect-error: @types/express is not a dependency here
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
// @ts-expect-error: nor is @types/koa
import Koa from 'koa';

/** A server that others wrote, or one with our adapter; at /a it has the content that is current. */
export interface Peer {
  readonly origin: string;
  close(): unknown;
}

/** Servers by name; each serves the text that `content` returns, and tags it in its own way. */
export const peers: Record<string, (content: () => string) => Promise<Peer>> = {
  async 'Express 5'(content) {
    const app = express();
    app.get('/a', (_: unknown, response: { send(body: string): void }) => void response.send(content()));
    return listening(app.listen(0));
  },
  async 'Koa 3, with its fresh'(content) {
    const app = new Koa();
    app.use((context: { body: string; etag: string; fresh: boolean; status: number }) => {
      context.body = content();
      context.etag = content().replaceAll(' ', '-');
      if (context.fresh) context.status = 304;
    });
    return listening(app.listen(0));
  },
  async 'hapi 21'(content) {
    const server = hapi.server({ port: 0 });
    server.route({
      method: 'GET',
      path: '/a',
      handler: (_, toolkit) => toolkit.response(content()).etag(content().replaceAll(' ', '-')),
    });
    await server.start();
    return { origin: `http://localhost:${server.info.port}`, close: () => server.stop({ timeout: 0 }) };
  },
  async '@etag/express'(content) {
    const app = express();
    app.use(expressEtag());
    app.get('/a', (_: unknown, response: { send(body: string): void }) => void response.send(content()));
    return listening(app.listen(0));
  },
  async '@etag/koa'(content) {
    const app = new Koa();
    app.use(koaEtag());
    app.use((context: { body: string }) => {
      context.body = content();
    });
    return listening(app.listen(0));
  },
  async '@etag/fastify'(content) {
    const app = fastify({ forceCloseConnections: true });
    await app.register(etagPlugin);
    app.get('/a', () => content());
    return { origin: await app.listen({ port: 0 }), close: () => app.close() };
  },
  async '@etag/hono'(content) {
    const app = new Hono();
    app.use(honoEtag());
    app.get('/a', (context) => context.text(content()));
    return listening(serveHono({ fetch: app.fetch, port: 0 }) as Server);
  },
};

/** A server once it listens. */
export async function listening(server: Server): Promise<Peer> {
  if (!server.listening) await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
