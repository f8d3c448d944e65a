import { absent, replace, update } from '@etag/concurrency';
import { etag, expectation, type Handler, respond } from '@etag/fetch';
import { type Note, parseNote } from './note.ts';
import { ProblemError, problemOf } from './problem.ts';
import type { Notes } from './store.ts';

type Route = Handler<Request, [id: string]>;

/** The notes API on one store. */
export function notesApp(notes: Notes): Handler<Request, []> {
  const routes: Record<string, Route> = {
    // Inside compress() as well: there it sees the content before its coding is named.
    'GET /notes': etag(async () => Response.json(await notes.list())),

    'POST /notes': async (request) => {
      const note = { id: crypto.randomUUID(), ...parseNote(await json(request)), updatedAt: now() };
      const created = respond(request, await replace(notes, note.id, note, absent));
      created.headers.set('Location', `/notes/${note.id}`);
      return created;
    },

    'GET /notes/:id': noCache(
      etag(
        async (_request, id) => {
          const note = await notes.get(id);
          if (!note) throw new ProblemError(404, 'There is no such note.');
          return Response.json(note.value);
        },
        { current: (_request, id) => notes.state(id) },
      ),
    ),

    'PUT /notes/:id': async (request, id) => {
      const note = { id, ...parseNote(await json(request)), updatedAt: now() };
      const expected = expectation(request, { require: true });
      return respond(request, await replace(notes, id, note, expected));
    },

    'PATCH /notes/:id': async (request, id) => {
      const patch = parseNote(await json(request), { partial: true });
      const change = (note: Note) => ({ ...note, ...patch, updatedAt: now() });
      const expected = expectation(request, { require: true });
      return respond(request, await update(notes, id, change, expected));
    },

    'DELETE /notes/:id': async (request, id) => {
      const expected = expectation(request, { require: true });
      return respond(request, await notes.delete(id, expected));
    },
  };

  // etag() is outside compress(), so that a gzip response gets a tag of its own. It sends 412 and 428, too.
  return cors(etag(compress(problems((request) => dispatch(routes, request)))));
}

const now = () => new Date().toISOString();

/** Keep it, and ask each time. Outside etag(), it stands on the 200 and on the 304. */
function noCache(route: Route): Route {
  return async (request, id) => {
    const response = await route(request, id);
    response.headers.set('Cache-Control', 'no-cache');
    return response;
  };
}

const LIMIT = 1024 * 1024;

async function json(request: Request): Promise<unknown> {
  const text = await limitedText(request);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProblemError(400, 'The content is not JSON.', { cause });
  }
}

/** Reads what is too much as well, and drops it: the runtime hangs up on a client that is answered while it still sends. */
async function limitedText({ body }: Request): Promise<string> {
  const chunks: BlobPart[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size <= LIMIT) chunks.push(chunk);
  }
  if (size > LIMIT) throw new ProblemError(413, 'A note has at most 1 MiB.');
  return new Blob(chunks).text();
}

function dispatch(routes: Record<string, Route>, request: Request): Response | Promise<Response> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const [path, id] = /^\/notes(?:\/([^/]+))?$/.exec(new URL(request.url).pathname) ?? [];
  const route = path && routes[`${method} /notes${id ? '/:id' : ''}`];
  if (!route) throw new ProblemError(404, 'There is no such resource.');
  return route(request, decoded(id ?? ''));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new ProblemError(400, 'The path is not well-formed.', { cause });
  }
}

function problems(handler: Handler<Request, []>): Handler<Request, []> {
  return async (request) => {
    try {
      return await handler(request);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      const headers = { 'Content-Type': 'application/problem+json' };
      return Response.json(problem, { status: problem.status, headers });
    }
  };
}

/**
 * Names the coding; the runtime codes. Cloudflare may code text that a Worker sends plain, and weakens its tag, which then
 * guards no write: so all of it is coded here, however short.
 *
 * @see https://developers.cloudflare.com/cache/reference/etag-headers/
 */
function compress(handler: Handler<Request, []>): Handler<Request, []> {
  return async (request) => {
    const response = await handler(request);
    response.headers.append('Vary', 'Accept-Encoding');
    if (response.body && acceptsGzip(request)) response.headers.set('Content-Encoding', 'gzip');
    return response;
  };
}

/** On Cloudflare, the client's own Accept-Encoding is in `cf`; the field of the request has been normalized. */
function acceptsGzip(request: Request & { cf?: { clientAcceptEncoding?: string } }): boolean {
  const accepted = request.cf?.clientAcceptEncoding ?? request.headers.get('Accept-Encoding') ?? '';
  return /\bgzip\b(?!\s*;\s*q=0)/i.test(accepted);
}

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'ETag, Location',
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'Content-Type, If-Match, If-None-Match',
};

function cors(handler: Handler<Request, []>): Handler<Request, []> {
  return async (request) => {
    const response = request.method === 'OPTIONS' ? new Response(null, { status: 204 }) : await handler(request);
    for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value);
    return response;
  };
}
