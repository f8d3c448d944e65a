import { fileURLToPath } from 'node:url';
import { dev } from 'astro';

// A process of its own: under vitest, Astro finds no routes.
const server = await dev({
  root: fileURLToPath(new URL('../fixtures/astro', import.meta.url)),
  configFile: false,
  output: 'server',
  logLevel: 'error',
  server: { port: 0 },
  devToolbar: { enabled: false },
});
console.log('port', server.address.port);
