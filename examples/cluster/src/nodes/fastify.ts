import type { Server } from 'node:http';
import { replace } from '@etag/concurrency';
import { etag, etagPlugin, expectation, respond } from '@etag/fastify';
import compress from '@fastify/compress';
import Fastify from 'fastify';
import { parseNote } from '../../../notes-hono/src/note.ts';
import { ProblemError } from '../../../notes-hono/src/problem.ts';
import type { Notes } from '../notes.ts';
import { page } from '../page.ts';
import type { TagOptions } from '../tags.ts';

interface NoteRoute {
  Params: { id: string };
}

/** The node on Fastify. */
export async function listen(notes: Notes, tags: TagOptions): Promise<Server> {
  const app = Fastify();
  await app.register(etagPlugin, tags); // 412 and 428, too
  await app.register(compress);

  const current = etag<NoteRoute>({ current: (request) => notes.state(request.params.id) });
  app.get<NoteRoute>('/notes/:id', { preHandler: current }, async (request) => {
    const note = await notes.get(request.params.id);
    if (!note) throw new ProblemError(404, 'There is no such note.');
    return note.value;
  });

  app.get<NoteRoute>('/pages/:id', async (request, reply) => {
    return reply.type('text/html; charset=utf-8').send(await page(notes, request.params.id));
  });

  app.put<NoteRoute>('/notes/:id', async (request, reply) => {
    const note = parseNote(request.body);
    return respond(reply, await replace(notes, request.params.id, note, expectation(request, { require: true })));
  });

  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}
