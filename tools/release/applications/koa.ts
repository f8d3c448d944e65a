import { once } from 'node:events';
import { etag, precondition } from '@etag/koa';
import Koa from 'koa';
import compress from 'koa-compress';

export async function start() {
  const app = new Koa();
  const guarded = precondition({ current: () => ({ etag: '"v7"' }) });
  app.use(etag()).use(compress());
  app.use((ctx, next) => (ctx.method === 'PUT' ? guarded(ctx, next) : next()));
  app.use((ctx) => {
    ctx.body = { text: 'hello '.repeat(1000) };
  });
  const server = app.listen(0);
  await once(server, 'listening');
  return server;
}
