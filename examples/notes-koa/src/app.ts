import { randomUUID } from 'node:crypto';
import { absent, replace, update } from '@etag/concurrency';
import { etag, expectation, respond } from '@etag/koa';
import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import Koa, { type Context, type Next } from 'koa';
import compress from 'koa-compress';
import { type Note, parseNote } from './note.ts';
import { ProblemError, problemOf } from './problem.ts';
import type { Notes } from './store.ts';

/** The notes API on one store. */
export function notesApp(notes: Notes): Koa {
  const app = new Koa();
  app.use(cors);
  app.use(etag());
  app.use(compress());
  app.use(problems);
  app.use(
    bodyParser({ extendTypes: { json: ['application/json', 'application/merge-patch+json'] }, jsonLimit: '1mb' }),
  );

  const router = new Router();
  router.get('/notes', async (ctx) => {
    ctx.body = await notes.list();
  });

  router.post('/notes', async (ctx) => {
    const note = { id: randomUUID(), ...parseNote(ctx.request.body), updatedAt: now() };
    ctx.set('Location', `/notes/${note.id}`);
    respond(ctx, await replace(notes, note.id, note, absent));
  });

  router.get('/notes/:id', noCache, etag({ current: (ctx) => notes.state(ctx.params.id) }), async (ctx: Context) => {
    const note = await notes.get(ctx.params.id);
    if (!note) throw new ProblemError(404, 'There is no such note.');
    ctx.body = note.value;
  });

  router.put('/notes/:id', async (ctx) => {
    const { id } = ctx.params;
    const note = { id, ...parseNote(ctx.request.body), updatedAt: now() };
    const expected = expectation(ctx, { require: true });
    respond(ctx, await replace(notes, id, note, expected));
  });

  router.patch('/notes/:id', async (ctx) => {
    const { id } = ctx.params;
    const patch = parseNote(ctx.request.body, { partial: true });
    const change = (note: Note) => ({ ...note, ...patch, updatedAt: now() });
    const expected = expectation(ctx, { require: true });
    respond(ctx, await update(notes, id, change, expected));
  });

  router.delete('/notes/:id', async (ctx) => {
    const expected = expectation(ctx, { require: true });
    respond(ctx, await notes.delete(ctx.params.id as string, expected));
  });

  app.use(router.routes());
  return app;
}

const now = () => new Date().toISOString();

/** Keep it, and ask each time. Set before etag(), it stands on the 200 and on the 304. */
async function noCache(ctx: Context, next: Next): Promise<void> {
  ctx.set('Cache-Control', 'no-cache');
  await next();
}

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag, Location',
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'Content-Type, If-Match, If-None-Match',
};

async function cors(ctx: Context, next: Next): Promise<void> {
  ctx.set(CORS);
  if (ctx.method === 'OPTIONS') {
    ctx.status = 204;
    return;
  }
  try {
    await next();
  } catch (error) {
    // Of the fields of a response, Koa sends with an error only those that the error has.
    throw Object.assign(error as Error, { headers: { ...(error as { headers?: object }).headers, ...CORS } });
  }
}

async function problems(ctx: Context, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error; // 412 and 428 among them: @etag/koa has Koa send them
    ctx.status = problem.status;
    ctx.body = problem;
    ctx.type = 'application/problem+json';
  }
}
