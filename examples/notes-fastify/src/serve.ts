import type { AddressInfo } from 'node:net';
import { notesApp } from './app.ts';
import { openNotes } from './store.ts';

/** Serves the notes of a database. Port 0 picks a free one. */
export async function serveNotes(options: { port: number; database: string }) {
  const notes = await openNotes(options.database);
  const app = await notesApp(notes);
  await app.listen({ port: options.port });
  return {
    port: (app.server.address() as AddressInfo).port,
    /** Finishes the open requests, then closes the database. */
    async close() {
      await app.close();
      await notes.close();
    },
  };
}
