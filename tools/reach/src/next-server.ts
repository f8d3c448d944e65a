import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import next from 'next';

// A process of its own, as that of Astro.
const app = next({ dev: true, dir: fileURLToPath(new URL('../fixtures/next', import.meta.url)) });
await app.prepare();
const server = createServer(app.getRequestHandler()).listen(0);
await once(server, 'listening');
console.log('port', (server.address() as AddressInfo).port);
