import { H3, type H3Event, HTTPResponse, handleCacheHeaders, iterable, serve } from 'h3';
import { eventStream, streamChunks } from '../../src/fixture.js';
import { answer, installed, isRead } from './answer.js';

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
    return new HTTPResponse(status === 204 ? null : content, { status, headers });
  };
  const stream = (chunks: () => AsyncGenerator<Uint8Array, void>, type: string) => (event: H3Event) => {
    event.res.headers.set('content-type', type);
    return iterable(chunks());
  };
  return new H3()
    .all('/state', handler)
    .all('/content', handler)
    .get('/events', stream(eventStream, 'text/event-stream'))
    .get('/stream', stream(streamChunks, 'text/plain'));
}

/** Serves the fixture on a free port. */
export async function start(): Promise<{ origin: string; close(): void }> {
  const server = serve(fixture(), { port: 0, silent: true, gracefulShutdown: false });
  await server.ready();
  return { origin: `http://localhost:${new URL(server.url ?? '').port}`, close: () => void server.close() };
}
