import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { replace } from '@etag/concurrency';
import { etag, expectation, precondition, respond, versionTag } from '@etag/hono';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { csrf } from 'hono/csrf';
import { logger } from 'hono/logger';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { timeout } from 'hono/timeout';
import { timing } from 'hono/timing';
import { CONTENT, chunks, type Data, OWN_TAG, STATE, STATIC, type Wild } from './application.ts';

const middlewares: Record<string, () => MiddlewareHandler> = {
  'hono/logger': () => logger(() => {}),
  'hono/request-id': () => requestId(),
  'hono/timing': () => timing({ enabled: true }),
  'hono/timeout': () => timeout(5000),
  'hono/secure-headers': () => secureHeaders(),
  'hono/cors': () => cors({ origin: (origin) => origin, exposeHeaders: ['ETag'] }),
  'hono/csrf': () => csrf(),
  'hono/body-limit': () => bodyLimit({ maxSize: 100_000 }),
  'hono/compress': () => compress(),
  '@hono/node-server/serve-static': () =>
    serveStatic({ root: STATIC, rewriteRequestPath: (path) => path.replace(/^\/static/, '') }),
};

/** Hono, with @etag/hono. */
export const onHono: Wild = {
  name: 'hono',
  middlewares: Object.keys(middlewares),
  fields: ['x-request-id', 'server-timing', 'x-frame-options', 'access-control-expose-headers'],
  servesRanges: true,
  async boot(data, order) {
    const app = new Hono();
    const all = Object.values(middlewares).map((make) => make());
    if (order === 'before') app.use(...(all as [MiddlewareHandler]));
    app.use(etag());
    if (order === 'after') app.use(...(all as [MiddlewareHandler]));
    mount(app, data);
    const server = serve({ fetch: app.fetch, port: 0 });
    await once(server, 'listening');
    const close = () => {
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    };
    return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
  },
};

function mount(app: Hono, data: Data): void {
  const current = () => STATE;
  const text = { 'content-type': 'text/plain' };
  app.get('/content', (c) => c.json(CONTENT));
  app.get('/own', (c) => c.text('own', 200, { etag: OWN_TAG }));
  app.get('/early', etag({ current }), (c) => {
    data.handled += 1;
    return c.json(CONTENT);
  });
  app.put('/early', precondition({ current, require: true }), (c) => {
    data.handled += 1;
    return c.body(null, 204);
  });
  app.get('/stream', (c) => c.body(stream(), 200, text));
  app.get('/stream/own', (c) => c.body(stream(), 200, { ...text, etag: OWN_TAG }));
  app.get('/note', async (c) => {
    const note = await data.notes.get('1');
    return c.json(note?.value as object, 200, { etag: versionTag(note?.version ?? '') });
  });
  app.put('/note', async (c) =>
    respond(c, await replace(data.notes, '1', await c.req.json(), expectation(c, { require: true }))),
  );
}

function stream(): ReadableStream {
  return Readable.toWeb(Readable.from(chunks(), { objectMode: false })) as ReadableStream;
}
