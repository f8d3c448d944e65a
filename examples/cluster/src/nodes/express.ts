import type { Server } from 'node:http';
import { replace } from '@etag/concurrency';
import { errors, etag, expectation, respond } from '@etag/express';
import compression from 'compression';
import express from 'express';
import { parseNote } from '../../../notes-hono/src/note.ts';
import { ProblemError } from '../../../notes-hono/src/problem.ts';
import type { Notes } from '../notes.ts';
import { page } from '../page.ts';
import type { TagOptions } from '../tags.ts';

/** The node on Express. */
export function listen(notes: Notes, tags: TagOptions): Server {
  const app = express();
  app.use(etag(tags));
  app.use(compression());
  app.use(express.json());

  app.get('/notes/:id', etag({ current: (req) => notes.state(req.params.id) }), async (req, res) => {
    const note = await notes.get(req.params.id);
    if (!note) throw new ProblemError(404, 'There is no such note.');
    res.json(note.value);
  });

  app.get('/pages/:id', async (req, res) => {
    res.type('html').send(await page(notes, req.params.id));
  });

  app.put('/notes/:id', async (req, res) => {
    const note = parseNote(req.body);
    respond(res, await replace(notes, req.params.id, note, expectation(req, { require: true })));
  });

  app.use(errors()); // 412 and 428
  return app.listen(0, '127.0.0.1');
}
