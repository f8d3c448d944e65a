import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Running } from './application.ts';

/**
 * Serves on a free port.
 *
 * @param handler - of Node: an app of connect, Express or Koa
 */
export const serveHandler = (handler: RequestListener): Promise<Running> => listen(createServer(handler));

async function listen(server: Server): Promise<Running> {
  server.listen(0);
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
}
