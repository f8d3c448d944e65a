import type { AddressInfo } from 'node:net';
import { notesApp } from './app.ts';
import { openNotes } from './store.ts';

/** Serves the notes of a database. Port 0 picks a free one. */
export async function serveNotes(options: { port: number; database: string }) {
  const app = await notesApp(await openNotes(options.database));
  const server = await app.listen(options.port);
  return {
    port: (server.address() as AddressInfo).port,
    /** Finishes the open requests, then closes the database. */
    async close() {
      // A client that asks again and again on one connection would keep it, and the server, open.
      server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
      await app.close();
    },
  };
}
