import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import compress from '@fastify/compress';
import type { Application, AppRequest, Fields, Reply, Resource, Running } from 'adapter-suite';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { etag, etagPlugin, expectation, precondition, respond } from '../src/index.ts';

/** Serves an application, written as one of Fastify would be written. */
export async function boot(application: Application): Promise<Running> {
  const { compression, isHttp2, tags, require, before, after, resources } = application;
  // To the types, an instance of HTTP/2 is another one.
  const app = Fastify(isHttp2 ? ({ http2: true } as object) : { forceCloseConnections: true });
  app.addHook('onRequest', async (request, reply) => {
    const fields = before?.(requestOf(request)) ?? {};
    Object.assign(request.headers, fields.request);
    setFields(reply, fields.response);
  });
  if (compression === 'inside') await app.register(compress);
  if (tags !== false) await app.register(etagPlugin, tags ?? {});
  if (compression === 'outside') await app.register(compress);
  if (after)
    app.addHook('preHandler', async (request) => void Object.assign(request.headers, after(requestOf(request))));
  if (require) app.addHook('preHandler', precondition({ require }));
  for (const resource of resources) mount(app, resource);
  return { origin: await app.listen({ port: 0 }), close: () => app.close() };
}

const READS = ['GET', 'HEAD', 'QUERY'];
const WRITES = ['PUT', 'PATCH', 'DELETE'];

function mount(app: FastifyInstance, resource: Resource): void {
  const { path: url, current, require, options, handle, read, write, isOff } = resource;
  const find = current && ((request: FastifyRequest) => current(requestOf(request)));
  const handler = async (request: FastifyRequest, reply: FastifyReply) => send(reply, await handle(requestOf(request)));
  app.route({
    method: READS,
    url,
    ...(isOff && { config: { etag: false } }),
    ...(find && { preHandler: etag({ current: find, ...options }) }),
    handler: async (request, reply) =>
      read ? respond(reply, await read(requestOf(request)), options) : handler(request, reply),
  });
  if (write) {
    app.route({
      method: WRITES,
      url,
      handler: async (request, reply) =>
        respond(reply, await write(expectation(request, { require, ...options }), requestOf(request)), {
          storedAsSent: true,
          ...options,
        }),
    });
  }
  const others = app.supportedMethods.filter((method) => ![...READS, ...(write ? WRITES : [])].includes(method));
  app.route({
    method: others,
    url,
    ...(find && { preHandler: precondition({ current: find, require, ...options }) }),
    handler,
  });
}

function requestOf({ method, url, headers, raw }: FastifyRequest): AppRequest {
  // What a hook has set is not among the lines that came.
  return { method, url, headers: { ...headers, ...raw.headersDistinct } };
}

function setFields(reply: FastifyReply, fields: Fields = {}): void {
  for (const [name, value] of Object.entries(fields)) reply.header(name, value);
}

function send(reply: FastifyReply, answer: Reply) {
  const { status = 200, statusMessage, headers, deletes = [], error, text, json, bytes, chunks } = answer;
  reply.code(status);
  setFields(reply, headers);
  for (const name of deletes) reply.removeHeader(name);
  if (error) throw error;
  if (statusMessage) reply.raw.statusMessage = statusMessage;
  if (chunks) return reply.send(Readable.from(chunks, { objectMode: false }));
  if (bytes) return reply.send(Buffer.from(bytes));
  return reply.send(json ?? text);
}
