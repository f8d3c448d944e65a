import type { Server } from 'node:http';
import { replace } from '@etag/concurrency';
import { etag, expectation, respond } from '@etag/hono';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { parseNote } from '../../../notes-hono/src/note.ts';
import { problemOf } from '../../../notes-hono/src/problem.ts';
import type { Notes } from '../notes.ts';
import { page } from '../page.ts';
import type { TagOptions } from '../tags.ts';

/** The node on Hono. */
export function listen(notes: Notes, tags: TagOptions): Server {
  const app = new Hono();
  app.use(etag(tags)); // outside compress(), so that a gzip response gets a tag of its own
  app.use(compress());

  app.get('/notes/:id', etag({ current: (c) => notes.state(c.req.param('id')) }), async (c) => {
    const note = await notes.get(c.req.param('id'));
    return note ? c.json(note.value) : c.notFound();
  });

  app.get('/pages/:id', async (c) => c.html(await page(notes, c.req.param('id'))));

  app.put('/notes/:id', async (c) => {
    const note = parseNote(await c.req.json());
    return respond(c, await replace(notes, c.req.param('id'), note, expectation(c, { require: true })));
  });

  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem) return c.json(problem, problem.status);
    if ('getResponse' in error) return error.getResponse(); // 412 and 428
    throw error;
  });
  return serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
}
