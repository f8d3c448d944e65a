import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { notesApp } from './app.ts';
import { openNotes } from './store.ts';

/** Serves the notes of a database. Port 0 picks a free one. */
export async function serveNotes(options: { port: number; database: string }) {
  const notes = await openNotes(options.database);
  const server = serve({ fetch: notesApp(notes).fetch, port: options.port }) as Server;
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** Finishes the open requests, then closes the database. */
    async close() {
      // A client that asks again and again on one connection would keep it, and the server, open.
      server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
      server.close();
      await once(server, 'close');
      await notes.close();
    },
  };
}
