import type { Application, Reply, Resource } from 'adapter-suite';
import { etag, expectation, type Handler, precondition, respond } from '../src/index.ts';

/**
 * Makes a handler of an application, as an application of fetch-style handlers would be written.
 *
 * @param application - as data
 */
export function handlerOf({ tags, require, before, after, resources }: Application): Handler {
  const routes = new Map(resources.map((resource) => [resource.path, routeOf(resource)]));
  const route: Handler = (request) => {
    for (const [name, value] of linesOf(after?.(request) ?? {})) request.headers.set(name, value);
    return routes.get(new URL(request.url).pathname)?.(request) ?? new Response(null, { status: 404 });
  };
  const guarded = require ? precondition(route, { require }) : route;
  const tagged = tags === false ? guarded : etag(guarded, tags);
  return async (request) => {
    const { request: fields = {}, response: added = {} } = before?.(request) ?? {};
    for (const [name, value] of linesOf(fields)) request.headers.set(name, value);
    const response = await tagged(request);
    for (const [name, value] of linesOf(added)) response.headers.append(name, value);
    return response;
  };
}

const READS = ['GET', 'HEAD', 'QUERY'];

function routeOf({ path: _, current, require, options, handle, read, write, isOff }: Resource): Handler {
  const answer: Handler = async (request) =>
    read && READS.includes(request.method)
      ? respond(request, await read(request), options)
      : send(await handle(request));
  const early = isOff ? etag(answer, false) : current ? etag(answer, { current, ...options }) : answer;
  const other = current ? precondition(answer, { current, require, ...options }) : answer;
  return async (request) => {
    if (READS.includes(request.method)) return early(request);
    if (!write || !['PUT', 'PATCH', 'DELETE'].includes(request.method)) return other(request);
    return respond(request, await write(expectation(request, { require, ...options }), request), {
      storedAsSent: true,
      ...options,
    });
  };
}

function linesOf(fields: NonNullable<Reply['headers']>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((line): [string, string] => [name, line]),
  );
}

function send({ status = 200, headers = {}, deletes = [], error, text, json, bytes, chunks }: Reply): Response {
  if (error) throw error;
  const none = deletes.map((name): [string, string] => [name, '']);
  const init = { status, headers: [...linesOf(headers), ...none] };
  if (json !== undefined) return Response.json(json, init);
  return new Response(chunks ? streamOf(chunks) : (bytes ?? text ?? null), init);
}

/** A stream of chunks as they come. Not every runtime has `ReadableStream.from`. */
export function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
