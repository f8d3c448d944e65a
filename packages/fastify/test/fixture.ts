import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { eventStream, largeChunks, plainAnswer, stateOf, streamChunks } from '@etag/conformance';
import compress from '@fastify/compress';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { etag, etagPlugin, precondition } from '../src/index.js';

/** Whether the framework's own compression is registered before the plugin (inside of it) or after (outside). */
export type Compression = 'none' | 'inside' | 'outside';

/** What a server under test offers, written as an application would write it. */
export async function fixture(compression: Compression): Promise<FastifyInstance> {
  const current = (request: FastifyRequest) => stateOf(request.url);
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const head = { method: request.method, headers: request.raw.headersDistinct };
    const { status, headers, body } = plainAnswer(head, request.url);
    // Node writes the head of a response as UTF-8 together with a string, and as bytes together with bytes.
    const ascii = request.url.startsWith('/content') && !/[\x80-\xff]/.test(Object.values(headers).join());
    return reply
      .code(status)
      .headers(headers)
      .send(status === 204 ? undefined : ascii ? body : Buffer.from(body));
  };
  const app = Fastify();
  if (compression === 'inside') await app.register(compress);
  await app.register(etagPlugin);
  if (compression === 'outside') await app.register(compress);
  app.route({ method: ['GET', 'HEAD', 'QUERY'], url: '/state', preHandler: etag({ current }), handler: answer });
  const writes = app.supportedMethods.filter((method) => !['GET', 'HEAD', 'QUERY'].includes(method));
  app.route({ method: writes, url: '/state', preHandler: precondition({ current }), handler: answer });
  app.all('/content', answer);
  app.get('/events', (_request, reply) => reply.type('text/event-stream').send(Readable.from(eventStream())));
  app.get('/large', ({ url }, reply) => reply.type('text/plain').send(Readable.from(largeChunks(url))));
  app.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from(streamChunks())));
  return app;
}

/** Serves the fixture on a free port. */
export async function start(compression: Compression): Promise<{ origin: string; close(): void }> {
  const app = await fixture(compression);
  await app.listen({ port: 0 });
  return { origin: `http://localhost:${(app.server.address() as AddressInfo).port}`, close: () => void app.close() };
}
