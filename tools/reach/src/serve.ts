import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { onTestFinished } from 'vitest';

/**
 * Serves a handler on a free port until the test ends.
 *
 * @param fetch - the handler
 * @returns its origin
 */
export function origin(fetch: (request: Request) => Response | Promise<Response>): Promise<string> {
  return listening(serve({ fetch, port: 0, overrideGlobalObjects: false }));
}

/**
 * Waits for a server of Node, and closes it when the test ends.
 *
 * @param server - that begins to listen
 * @returns its origin
 */
export async function listening(server: ServerType): Promise<string> {
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}
