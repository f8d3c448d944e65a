import { replace } from '@etag/concurrency';
import { memoryStore } from '@etag/concurrency/memory';
import { etag, expectation, respond } from '@etag/hono';
import { Hono } from 'hono';

/**
 * Makes the server that the client of the suite talks to.
 *
 * @returns an app with `/notes/:id`, and `/moved/:id`, which redirects to it
 */
export function notesApp(): Hono {
  const notes = memoryStore<object>();
  const app = new Hono();
  app.get('/notes/:id', etag({ current: (c) => notes.state(c.req.param('id') ?? '') }), async (c) => {
    const found = await notes.get(c.req.param('id'));
    return found ? c.json(found.value, 200, { 'Cache-Control': 'max-age=60' }) : c.notFound();
  });
  app.get('/moved/:id', (c) => c.redirect(`/notes/${c.req.param('id')}`, 307));
  app.put('/notes/:id', async (c) =>
    respond(c, await replace(notes, c.req.param('id'), await c.req.json(), expectation(c, { require: true }))),
  );
  return app;
}
