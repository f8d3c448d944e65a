import { randomUUID } from 'node:crypto';
import { absent, replace, update } from '@etag/concurrency';
import { errors, etag, expectation, respond } from '@etag/express';
import compression from 'compression';
import cors from 'cors';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { type Note, parseNote } from './note.ts';
import { ProblemError, problemOf } from './problem.ts';
import type { Notes } from './store.ts';

/** The notes API on one store. */
export function notesApp(notes: Notes): Express {
  const app = express();
  app.use(cors({ exposedHeaders: ['ETag', 'Location'] }));
  app.use(etag());
  app.use(compression());
  app.use(express.json({ type: ['application/json', 'application/merge-patch+json'], limit: '1mb' }));

  app.get('/notes', async (_req, res) => {
    res.json(await notes.list());
  });

  app.post('/notes', async (req, res) => {
    const note = { id: randomUUID(), ...parseNote(req.body), updatedAt: now() };
    res.set('Location', `/notes/${note.id}`);
    respond(res, await replace(notes, note.id, note, absent));
  });

  app.get('/notes/:id', noCache, etag({ current: (req) => notes.state(req.params.id) }), async (req, res) => {
    const note = await notes.get(req.params.id);
    if (!note) throw new ProblemError(404, 'There is no such note.');
    res.json(note.value);
  });

  app.put('/notes/:id', async (req, res) => {
    const { id } = req.params;
    const note = { id, ...parseNote(req.body), updatedAt: now() };
    const expected = expectation(req, { require: true });
    respond(res, await replace(notes, id, note, expected));
  });

  app.patch('/notes/:id', async (req, res) => {
    const { id } = req.params;
    const patch = parseNote(req.body, { partial: true });
    const change = (note: Note) => ({ ...note, ...patch, updatedAt: now() });
    const expected = expectation(req, { require: true });
    respond(res, await update(notes, id, change, expected));
  });

  app.delete('/notes/:id', async (req, res) => {
    const expected = expectation(req, { require: true });
    respond(res, await notes.delete(req.params.id, expected));
  });

  app.use(errors()); // 412 and 428
  app.use(problems);
  return app;
}

const now = () => new Date().toISOString();

/** Keep it, and ask each time. Set before etag(), it stands on the 200 and on the 304. */
function noCache(_req: unknown, res: Response, next: NextFunction): void {
  res.set('Cache-Control', 'no-cache');
  next();
}

function problems(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  const problem = problemOf(error);
  if (problem) res.status(problem.status).type('application/problem+json').json(problem);
  else next(error);
}
