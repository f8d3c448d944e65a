import { once } from 'node:events';
import { etag, precondition } from '@etag/fetch';
import { serve } from '@hono/node-server';

export async function start() {
  const read = etag(() => Response.json({ text: 'hello '.repeat(1000) }));
  const write = precondition(() => new Response('saved'), { current: () => ({ etag: '"v7"' }) });
  const server = serve({ fetch: (request) => (request.method === 'PUT' ? write : read)(request), port: 0 });
  await once(server, 'listening');
  return server;
}
