import { once } from 'node:events';
import { createServer } from 'node:http';
import { etag, precondition } from '@etag/node';

export async function start() {
  const read = etag();
  const write = precondition({ current: () => ({ etag: '"v7"' }) });
  const server = createServer((req, res) => {
    if (req.method === 'PUT') write(req, res, () => res.end('saved'));
    else read(req, res, () => res.end('hello '.repeat(1000)));
  }).listen(0);
  await once(server, 'listening');
  return server;
}
