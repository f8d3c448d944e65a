import { createServer, type RequestListener } from 'node:http';
import { listen } from '../../../packages/node/test/boot.ts';
import type { Running } from './application.ts';

/**
 * Serves on a free port.
 *
 * @param handler - of Node: an app of connect, Express or Koa
 */
export const serveHandler = (handler: RequestListener): Promise<Running> => listen(createServer(handler));
