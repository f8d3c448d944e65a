import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { serve } from '@hono/node-server';
import { notesApp } from './app.ts';

/** Serves the notes API of a SQLite file. Port 0 picks a free one. */
export async function serveNotes(options: { port: number; database: string }) {
  const database = new DatabaseSync(options.database, { timeout: 5000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  const server = serve({ fetch: notesApp(database).fetch, port: options.port });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** Finishes the open requests, then closes the database. */
    async close() {
      server.close();
      if ('closeIdleConnections' in server) server.closeIdleConnections();
      await once(server, 'close');
      database.close();
    },
  };
}
