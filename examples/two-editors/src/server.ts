import { fileURLToPath } from 'node:url';
import { serveEditors } from './serve.ts';

const server = await serveEditors({
  port: Number(process.env.PORT ?? 8787),
  page: fileURLToPath(new URL('../dist', import.meta.url)),
  acceptWeakened: process.env.ACCEPT_WEAKENED === '1',
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.close();
    process.exit(0);
  });
}
console.log(`listening on http://localhost:${server.port}`);
