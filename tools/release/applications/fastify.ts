import { etagPlugin, precondition } from '@etag/fastify';
import compress from '@fastify/compress';
import Fastify from 'fastify';

export async function start() {
  const app = Fastify();
  await app.register(etagPlugin);
  await app.register(compress);
  app.get('/', async () => ({ text: 'hello '.repeat(1000) }));
  app.put('/', { preHandler: precondition({ current: () => ({ etag: '"v7"' }) }) }, async () => 'saved');
  await app.listen({ port: 0 });
  return app.server;
}
