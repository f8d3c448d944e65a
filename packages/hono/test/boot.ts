import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Boot, Running } from 'adapter-suite';
import type { Hono } from 'hono';
import { appOf } from './app.ts';

/**
 * Serves an app on a free port.
 *
 * @param fetch - of the app
 */
export async function listen(fetch: Hono['fetch'], isHttp2 = false): Promise<Running> {
  const server = serve({ fetch, port: 0, ...(isHttp2 && { createServer }) });
  await once(server, 'listening');
  const close = () => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  };
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
}

/** Serves an application, written as one of Hono would be written. */
export const boot: Boot = (application) => listen(appOf(application).fetch, application.isHttp2);
