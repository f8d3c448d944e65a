import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import express, { type Express, type Request, type Response } from 'express';
import { eventStream, streamChunks } from '../../src/fixture.js';
import { answer, installed } from './answer.js';

export const name = 'express';
export const version = installed('express');
export const telling = ['coding-no-cache', 'if-modified-since-invalid-number-year', 'content-no-tag-put'];

function fixture(): Express {
  const handler = (request: Request, response: Response) => {
    // headersDistinct: `headers` keeps only the first of repeated Range and If-Range lines.
    const head = { method: request.method, headers: request.headersDistinct };
    const { status, headers, content } = answer(head, request.originalUrl);
    response
      .status(status)
      .set(headers)
      .send(status === 204 ? undefined : content);
  };
  const stream = (chunks: () => AsyncGenerator<Uint8Array, void>, type: string) => (_: Request, response: Response) => {
    response.type(type);
    // A client that hangs up is no error here.
    pipeline(Readable.from(chunks()), response, () => {});
  };
  const app = express();
  app.all('/state', handler);
  app.all('/content', handler);
  app.get('/events', stream(eventStream, 'text/event-stream'));
  app.get('/stream', stream(streamChunks, 'text/plain'));
  return app;
}

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const server = fixture().listen(0);
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
