import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { expect, it } from 'vitest';
import { etag, precondition } from './index.ts';

// To a HEAD of HTTP/2, Node has ended the writable side before Koa begins; Koa then answers no error at all.
it.each([
  ['of the content', () => etag(), 'GET'],
  ['of a write', () => precondition({ current: () => ({ etag: '"v7"' }) }), 'PUT'],
] as const)('over HTTP/2, a HEAD whose precondition fails is answered: that %s', async (_, middleware, method) => {
  const app = new Koa().use(middleware()).use((ctx) => {
    ctx.body = 'content';
  });
  const server = createServer(app.callback()).listen(0);
  const session = connect(`http://localhost:${(server.address() as AddressInfo).port}`);
  try {
    for (const one of [method, 'HEAD']) {
      const stream = session.request({ ':method': one, ':path': '/', 'if-match': '"v6"' }, { endStream: true });
      const [headers] = await once(stream.resume(), 'response', { signal: AbortSignal.timeout(2000) });
      expect([one, headers[':status']]).toEqual([one, 412]);
    }
  } finally {
    session.destroy();
    server.close();
  }
});
