import { once } from 'node:events';
import { etag, precondition } from '@etag/hono';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';

export async function start() {
  const app = new Hono().use(etag()).use(compress());
  app.get('/', (c) => c.json({ text: 'hello '.repeat(1000) }));
  app.put('/', precondition({ current: () => ({ etag: '"v7"' }) }), (c) => c.text('saved'));
  const server = serve({ fetch: app.fetch, port: 0 });
  await once(server, 'listening');
  return server;
}
