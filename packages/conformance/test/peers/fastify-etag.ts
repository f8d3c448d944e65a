import { Buffer } from 'node:buffer';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import etag from '@fastify/etag';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { streamAnswer } from '../../src/fixture.ts';
import { answer, installed, rewrite } from './answer.ts';

export const name = '@fastify/etag';
export const version = installed('@fastify/etag', 'fastify');
export const telling = ['content-repeated-404', 'content-list', 'content-304-drops'];

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const handler = (request: FastifyRequest, reply: FastifyReply) => {
    // headersDistinct: `headers` keeps only the first of repeated Range and If-Range lines.
    const head = { method: request.method, headers: request.raw.headersDistinct };
    const { status, statusMessage, headers, content } = answer(head, request.url);
    if (statusMessage !== undefined) reply.raw.statusMessage = statusMessage;
    return reply
      .code(status)
      .headers(headers)
      .send(content === null ? undefined : Buffer.from(content));
  };
  const stream = (request: FastifyRequest, reply: FastifyReply) => {
    const { headers, chunks } = streamAnswer(request.url);
    return reply.headers(headers).send(Readable.from(chunks));
  };
  const app = fastify();
  app.addHook('onRequest', async (request) => rewrite(request.raw));
  await app.register(etag);
  app.all('/state', handler);
  app.all('/content', handler);
  app.get('/events', stream);
  app.get('/stream', stream);
  await app.listen({ port: 0 });
  return { origin: `http://localhost:${(app.server.address() as AddressInfo).port}`, close: () => void app.close() };
}
