import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { absent, replace } from '@etag/concurrency';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { notesApp } from 'notes-hono/src/app.ts';
import { openNotes } from 'notes-hono/src/store.ts';

/** The note that both editors begin with. */
const BREAD = {
  title: 'Bread for Saturday',
  text: [
    'Flour: 500 g, half of it whole grain',
    'Water: 350 g, warm to the hand',
    'Salt: 10 g',
    'Yeast: 3 g',
    '',
    'Mix, wait ten minutes, then knead for eight.',
    'Let it rise overnight in the cold.',
    'Bake at 230 °C for 35 minutes.',
  ].join('\n'),
};

/**
 * Serves the notes API and the page, from one origin. The notes live as long as the server.
 *
 * @param options.port - 0 picks a free one
 * @param options.page - the folder of the built page
 * @param options.acceptWeakened - whether a tag that a proxy weakened guards a save; @default false
 */
export async function serveEditors(options: { port: number; page: string; acceptWeakened?: boolean }) {
  const { port, page, acceptWeakened = false } = options;
  const notes = await openNotes(':memory:');
  await replace(notes, 'bread', { id: 'bread', ...BREAD, updatedAt: new Date().toISOString() }, absent);
  const app = new Hono();
  app.use(serveStatic({ root: page }));
  app.route('/', notesApp(notes, { acceptWeakened }));
  const server = serve({ fetch: app.fetch, port }) as Server;
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      // A browser keeps connections open, and opens some in advance. The notes end with the server: nothing waits for them.
      server.closeAllConnections();
      await once(server, 'close');
      await notes.close();
    },
  };
}
