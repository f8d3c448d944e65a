import { randomUUID } from 'node:crypto';
import { absent, replace, update } from '@etag/concurrency';
import { etag, expectation, respond } from '@etag/hono';
import { type Context, Hono, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { cors } from 'hono/cors';
import { type Note, parseNote } from './note.ts';
import { ProblemError, problemOf } from './problem.ts';
import type { Notes } from './store.ts';

/**
 * The notes API on one store.
 *
 * @param options.acceptWeakened - whether a tag that a proxy weakened guards a write
 */
export function notesApp(notes: Notes, options: { acceptWeakened?: boolean } = {}): Hono {
  const guarded = { require: true, ...options };
  const app = new Hono();
  app.use(cors({ origin: '*', exposeHeaders: ['ETag', 'Location'] }));
  app.use(etag()); // outside compress(), so that a gzip response gets a tag of its own
  app.use(compress());
  app.use(bodyLimit({ maxSize: 1024 * 1024, onError: tooLarge }));

  app.get('/notes', async (c) => c.json(await notes.list()));

  app.post('/notes', async (c) => {
    const note = { id: randomUUID(), ...parseNote(await json(c)), updatedAt: now() };
    c.header('Location', `/notes/${note.id}`);
    return respond(c, await replace(notes, note.id, note, absent));
  });

  app.get('/notes/:id', noCache, etag({ current: (c) => notes.state(c.req.param('id')) }), async (c) => {
    const note = await notes.get(c.req.param('id'));
    if (!note) throw new ProblemError(404, 'There is no such note.');
    return c.json(note.value);
  });

  app.put('/notes/:id', async (c) => {
    const id = c.req.param('id');
    const note = { id, ...parseNote(await json(c)), updatedAt: now() };
    const expected = expectation(c, guarded);
    return respond(c, await replace(notes, id, note, expected));
  });

  app.patch('/notes/:id', async (c) => {
    const id = c.req.param('id');
    const patch = parseNote(await json(c), { partial: true });
    const change = (note: Note) => ({ ...note, ...patch, updatedAt: now() });
    const expected = expectation(c, guarded);
    return respond(c, await update(notes, id, change, expected));
  });

  app.delete('/notes/:id', async (c) => {
    const expected = expectation(c, guarded);
    return respond(c, await notes.delete(c.req.param('id'), expected));
  });

  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem) return c.json(problem, problem.status, { 'Content-Type': 'application/problem+json' });
    if ('getResponse' in error) return error.getResponse(); // 412 and 428 know their response
    console.error(error);
    return c.text('Internal Server Error', 500);
  });
  return app;
}

const now = () => new Date().toISOString();

/** Keep it, and ask each time. Set before etag(), it stands on the 200 and on the 304. */
async function noCache(c: Context, next: Next): Promise<void> {
  c.header('Cache-Control', 'no-cache');
  await next();
}

/** What is not read would stand in the way of the next request on the connection. */
function tooLarge(c: Context): never {
  c.header('Connection', 'close');
  throw new ProblemError(413, 'A note has at most 1 MiB.');
}

async function json(c: Context): Promise<unknown> {
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProblemError(400, 'The content is not JSON.', { cause });
  }
}
