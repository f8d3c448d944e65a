import { randomUUID } from 'node:crypto';
import { absent, replace, update } from '@etag/concurrency';
import { etag, etagPlugin, expectation, respond } from '@etag/fastify';
import compress from '@fastify/compress';
import cors from '@fastify/cors';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { type Note, parseNote } from './note.ts';
import { ProblemError, problemOf } from './problem.ts';
import type { Notes } from './store.ts';

interface NoteRoute {
  Params: { id: string };
}

/** The notes API on one store. */
export async function notesApp(notes: Notes): Promise<FastifyInstance> {
  const app = Fastify({ bodyLimit: 1024 * 1024, return503OnClosing: false });
  await app.register(cors, {
    exposedHeaders: ['ETag', 'Location'],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  });
  await app.register(etagPlugin);
  await app.register(compress);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/merge-patch+json', { parseAs: 'string' }, parseJson);

  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    if (!problem) throw error; // 412 and 428 among them: @etag/fastify makes problem details of those
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });

  app.get('/notes', () => notes.list());

  app.post('/notes', async (request, reply) => {
    const note = { id: randomUUID(), ...parseNote(request.body), updatedAt: now() };
    reply.header('Location', `/notes/${note.id}`);
    return respond(reply, await replace(notes, note.id, note, absent));
  });

  const current = etag<NoteRoute>({ current: (request) => notes.state(request.params.id) });
  app.get<NoteRoute>('/notes/:id', { preHandler: [noCache, current] }, async (request) => {
    const note = await notes.get(request.params.id);
    if (!note) throw new ProblemError(404, 'There is no such note.');
    return note.value;
  });

  app.put<NoteRoute>('/notes/:id', async (request, reply) => {
    const { id } = request.params;
    const note = { id, ...parseNote(request.body), updatedAt: now() };
    const expected = expectation(request, { require: true });
    return respond(reply, await replace(notes, id, note, expected));
  });

  app.patch<NoteRoute>('/notes/:id', async (request, reply) => {
    const { id } = request.params;
    const patch = parseNote(request.body, { partial: true });
    const change = (note: Note) => ({ ...note, ...patch, updatedAt: now() });
    const expected = expectation(request, { require: true });
    return respond(reply, await update(notes, id, change, expected));
  });

  app.delete<NoteRoute>('/notes/:id', async (request, reply) => {
    const expected = expectation(request, { require: true });
    return respond(reply, await notes.delete(request.params.id, expected));
  });
  return app;
}

const now = () => new Date().toISOString();

/** Keep it, and ask each time. Set before etag(), it stands on the 200 and on the 304. */
async function noCache(_request: unknown, reply: FastifyReply): Promise<void> {
  reply.header('Cache-Control', 'no-cache');
}
