import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { absent, conditionalUpdate, remove, replace } from '@etag/concurrency';
import { sqliteStore } from '@etag/concurrency/sqlite';
import { etag, expectation, respond } from '@etag/hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { InvalidNoteError, type Note, parseNote } from './note.ts';

/** The notes API on one SQLite database. */
export function notesApp(database: DatabaseSync) {
  const notes = sqliteStore<Note>(database, { table: 'notes' });
  const list = database.prepare('SELECT value FROM notes ORDER BY incarnation');
  const now = () => new Date().toISOString();

  const app = new Hono();
  app.use(etag()); // outside compress(), so that a gzip response gets a tag of its own
  app.use(compress());
  app.use(cors({ origin: '*', exposeHeaders: ['ETag', 'Location'] }));
  app.use(bodyLimit({ maxSize: 1024 * 1024 }));
  app.use('/notes/:id', async (c, next) => {
    c.header('Cache-Control', 'no-cache'); // what stands on the 200 and on the 304: keep it, and ask each time
    await next();
  });

  app.get('/notes', (c) => c.json(list.all().map((row) => JSON.parse(row.value as string))));

  app.post('/notes', async (c) => {
    const note = { id: randomUUID(), ...parseNote(await c.req.text()), updatedAt: now() };
    c.header('Location', `/notes/${note.id}`);
    return respond(c, await replace(notes, note.id, note, absent));
  });

  app.get('/notes/:id', etag({ current: (c) => notes.state(c.req.param('id')) }), async (c) => {
    const note = await notes.get(c.req.param('id'));
    return note ? c.json(note.value) : c.notFound();
  });

  app.put('/notes/:id', async (c) => {
    const expected = expectation(c, { require: true });
    const id = c.req.param('id');
    const note = { id, ...parseNote(await c.req.text()), updatedAt: now() };
    return respond(c, await replace(notes, id, note, expected));
  });

  app.patch('/notes/:id', async (c) => {
    const expected = expectation(c, { require: true });
    const patch = parseNote(await c.req.text(), { partial: true });
    const change = (note: Note) => ({ ...note, ...patch, updatedAt: now() });
    return respond(c, await conditionalUpdate(notes, c.req.param('id'), change, expected));
  });

  app.delete('/notes/:id', async (c) => {
    return respond(c, await remove(notes, c.req.param('id'), expectation(c, { require: true })));
  });

  app.notFound((c) => c.json({ title: 'Not Found', status: 404 }, 404, { 'Content-Type': 'application/problem+json' }));
  app.onError((error, c) => {
    if ('getResponse' in error) return error.getResponse(); // 412, 413, 428: the errors that know their response
    if (!(error instanceof InvalidNoteError)) throw error;
    const problem = { title: 'Bad Request', status: 400, detail: error.message };
    return c.json(problem, 400, { 'Content-Type': 'application/problem+json' });
  });
  return app;
}
