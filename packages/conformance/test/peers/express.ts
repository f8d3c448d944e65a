import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import express, { type Express, type Request, type Response } from 'express';
import { streamAnswer } from '../../src/fixture.ts';
import { answer, installed, rewrite } from './answer.ts';

export const name = 'express';
export const version = installed('express');
export const telling = ['coding-no-cache', 'if-modified-since-invalid-number-year', 'content-no-tag-put'];

function fixture(): Express {
  const handler = (request: Request, response: Response) => {
    // headersDistinct: `headers` keeps only the first of repeated Range and If-Range lines.
    const head = { method: request.method, headers: request.headersDistinct };
    const { status, statusMessage, headers, content } = answer(head, request.originalUrl);
    if (statusMessage !== undefined) response.statusMessage = statusMessage;
    response
      .status(status)
      .set(headers)
      .send(content === null ? undefined : Buffer.from(content));
  };
  const stream = (request: Request, response: Response) => {
    const { headers, chunks } = streamAnswer(request.originalUrl);
    response.set(headers);
    // A client that hangs up is not an error here.
    pipeline(Readable.from(chunks), response, () => {});
  };
  const app = express();
  app.use((request, _response, next) => {
    rewrite(request);
    next();
  });
  app.all('/state', handler);
  app.all('/content', handler);
  app.get(['/events', '/stream'], stream);
  return app;
}

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const server = fixture().listen(0);
  await once(server, 'listening');
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}
