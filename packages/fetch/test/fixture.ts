import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventStream, largeChunks, plainAnswer, stateOf, streamChunks } from '@etag/conformance';
import { isConditional } from '@etag/core';
import { serve } from '@hono/node-server';
import { etag, type Handler, precondition } from '../src/index.js';

const current = (request: Request) => stateOf(request.url);
const answer = (request: Request): Response => {
  const { status, headers, body } = plainAnswer(request, request.url);
  // Node writes the head of a response as UTF-8 together with a string, and as bytes together with bytes.
  return new Response(status === 204 ? null : new TextEncoder().encode(body), { status, headers });
};

const read = etag(answer, { current });
const write = precondition(answer, { current });
const stream = (chunks: (url: string) => AsyncGenerator<Uint8Array, void>, type: string) =>
  etag((request: Request) => new Response(streamOf(chunks(request.url)), { headers: { 'content-type': type } }));

/** What a server under test offers. */
const routes: Record<string, Handler<[]>> = {
  '/state': (request) => (isConditional(request.method, 200) ? read(request) : write(request)),
  '/content': etag(answer),
  '/events': stream(eventStream, 'text/event-stream'),
  '/large': stream(largeChunks, 'text/plain'),
  '/stream': stream(streamChunks, 'text/plain'),
};

function streamOf(chunks: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return();
    },
  });
}

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const fetch = (request: Request) =>
    routes[new URL(request.url).pathname]?.(request) ?? new Response(null, { status: 404 });
  const server = serve({ fetch, port: 0 });
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
