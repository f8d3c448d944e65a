import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { forward } from './forward.ts';

/** Serves the Worker, with its database in a folder. Port 0 picks a free one. */
export async function serveNotes(options: { port: number; database: string }) {
  const runtime = new Miniflare({
    modules: true,
    script: await bundle(),
    compatibilityDate: '2026-07-01',
    durableObjects: { NOTES: { className: 'NotesObject', useSQLite: true } },
    durableObjectsPersist: options.database,
    cf: false,
    // The Worker itself: Miniflare's stand-in for Cloudflare's edge codes content, and leaves it the plain tag.
    unsafeDirectSockets: [{}],
  });
  const worker = await runtime.unsafeGetDirectURL();
  const server = createServer((incoming, outgoing) => forward(worker, incoming, outgoing)).listen(options.port);
  await once(server, 'listening');
  // Miniflare's own listeners end the process at once, and leave no time for open requests.
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
  return {
    port: (server.address() as AddressInfo).port,
    /** Finishes the open requests, then ends the runtime. */
    async close() {
      // A client that asks again and again on one connection would keep it, and the server, open.
      server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
      server.close();
      await once(server, 'close');
      await runtime.dispose();
    },
  };
}

/** The Worker and the packages in one module. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    external: ['cloudflare:*'],
  });
  return outputFiles[0]?.text ?? '';
}
