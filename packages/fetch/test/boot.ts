import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Boot, Running } from 'adapter-suite';
import type { Handler } from '../src/index.ts';
import { handlerOf } from './handler.ts';

/**
 * Serves a handler on a free port.
 *
 * @param fetch - the handler
 */
export async function listen(fetch: Handler, isHttp2 = false): Promise<Running> {
  const server = serve({ fetch, port: 0, ...(isHttp2 && { createServer }) });
  await once(server, 'listening');
  const close = () => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  };
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
}

/** Serves an application, written as one of fetch-style handlers would be written. */
export const boot: Boot = (application) => listen(handlerOf(application), application.isHttp2);
