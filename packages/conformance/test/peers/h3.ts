import { isRead } from '@etag/core';
import { H3, type H3Event, HTTPResponse, handleCacheHeaders, iterable, serve } from 'h3';
import { requestFields, streamAnswer } from '../../src/fixture.ts';
import { answer, installed } from './answer.ts';

export const name = 'h3';
export const version = installed('h3');
export const telling = [
  'if-modified-since-invalid-iso-seconds',
  'if-none-match-malformed-garbage-element-get',
  'content-same-tag',
];
export const note = 'it makes no tags of content: what its helper compares, the application makes';

function fixture(): H3 {
  const handler = (event: H3Event) => {
    const { req } = event;
    const { status, headers, content } = answer(req, req.url);
    // The helper looks at no method and at no status: it is called where an application would, for a read that succeeds.
    if (isRead(req.method) && status >= 200 && status < 300) {
      const { etag, 'last-modified': modifiedTime, 'cache-control': cacheControl } = headers;
      const notModified = handleCacheHeaders(event, {
        ...(etag !== undefined && { etag }),
        ...(modifiedTime !== undefined && { modifiedTime }),
        ...(cacheControl !== undefined && { cacheControls: cacheControl.split(', ') }),
      });
      if (notModified) return new HTTPResponse(null, { status: 304 });
    }
    return new HTTPResponse(content, { status, headers });
  };
  const stream = (event: H3Event) => {
    const { headers, chunks } = streamAnswer(event.req.url);
    for (const [name, value] of Object.entries(headers)) event.res.headers.set(name, value);
    return iterable(chunks);
  };
  return new H3()
    .use((event) => {
      for (const [name, value] of Object.entries(requestFields(event.req.url))) event.req.headers.set(name, value);
    })
    .all('/state', handler)
    .all('/content', handler)
    .get('/events', stream)
    .get('/stream', stream);
}

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const server = serve(fixture(), { port: 0, silent: true, gracefulShutdown: false });
  await server.ready();
  return { origin: `http://localhost:${new URL(server.url ?? '').port}`, close: () => void server.close() };
}
