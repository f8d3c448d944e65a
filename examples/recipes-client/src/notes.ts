import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { any, replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { etag, expectation, respond } from '@etag/hono';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

export interface Note {
  readonly title: string;
}

/** Notes on a server that takes no write without If-Match, and counts its answers by status. */
export async function serveNotes() {
  const notes = memoryStore<Note>();
  await notes.put('1', { title: 'Milk' }, any);
  const statuses: string[] = [];
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    statuses.push(`${c.req.method} ${c.res.status}`);
  });
  app.get('/notes/:id', etag({ current: (c) => notes.state(c.req.param('id') ?? '') }), async (c) =>
    c.json((await notes.get(c.req.param('id')))?.value ?? {}),
  );
  app.put('/notes/:id', async (c) => {
    const content: Note = await c.req.json();
    return respond(c, await replace(notes, c.req.param('id'), content, expectation(c, { require: true })));
  });
  const server = serve({ fetch: app.fetch, port: 0 }) as Server;
  await once(server, 'listening');
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    statuses,
    /** What somebody else does meanwhile. */
    async write(title: string) {
      const url = `${origin}/notes/1`;
      const tag = (await fetch(url)).headers.get('etag') ?? '';
      const headers = { 'Content-Type': 'application/json', 'If-Match': tag };
      const { ok } = await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ title }) });
      if (!ok) throw new Error('The other write failed');
    },
    title: async () => (await notes.get('1'))?.value.title,
    close: () => server.close(),
  };
}
