import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import etag from '@fastify/etag';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { eventStream, streamChunks } from '../../src/fixture.js';
import { answer, installed } from './answer.js';

export const name = '@fastify/etag';
export const version = installed('@fastify/etag', 'fastify');
export const telling = ['content-repeated-404', 'content-list', 'content-304-drops'];

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const handler = (request: FastifyRequest, reply: FastifyReply) => {
    // headersDistinct: `headers` keeps only the first of repeated Range and If-Range lines.
    const head = { method: request.method, headers: request.raw.headersDistinct };
    const { status, headers, content } = answer(head, request.url);
    return reply
      .code(status)
      .headers(headers)
      .send(status === 204 ? undefined : content);
  };
  const stream = (chunks: () => AsyncGenerator<Uint8Array, void>, type: string) => {
    return (_: FastifyRequest, reply: FastifyReply) => reply.type(type).send(Readable.from(chunks()));
  };
  const app = fastify();
  await app.register(etag);
  app.all('/state', handler);
  app.all('/content', handler);
  app.get('/events', stream(eventStream, 'text/event-stream'));
  app.get('/stream', stream(streamChunks, 'text/plain'));
  await app.listen({ port: 0 });
  return { origin: `http://localhost:${(app.server.address() as AddressInfo).port}`, close: () => void app.close() };
}
