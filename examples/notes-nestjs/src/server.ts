import { fileURLToPath } from 'node:url';
import { serveNotes } from './serve.ts';

const server = await serveNotes({
  port: Number(process.env.PORT ?? 8787),
  database: process.env.DATABASE ?? fileURLToPath(new URL('../notes.sqlite', import.meta.url)),
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.close();
    process.exit(0);
  });
}
console.log(`listening on http://localhost:${server.port}`);
