import { once } from 'node:events';
import { errors, etag, precondition } from '@etag/express';
import compression from 'compression';
import express from 'express';

export async function start() {
  const app = express().use(etag(), compression());
  app.get('/', (_req, res) => void res.json({ text: 'hello '.repeat(1000) }));
  app.put('/', precondition({ current: () => ({ etag: '"v7"' }) }), (_req, res) => void res.send('saved'));
  app.use(errors());
  const server = app.listen(0);
  await once(server, 'listening');
  return server;
}
