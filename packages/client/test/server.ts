import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the wire. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server on a free port, that remembers what it was asked. */
export interface Serving {
  readonly origin: string;
  readonly seen: Seen[];
  close(): void;
}

export async function serve(listener: RequestListener): Promise<Serving> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    return listener(request, response);
  });
  server.listen(0);
  await once(server, 'listening');
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A resource with the given validators, as a strict server serves it: it compares what comes with what it sent. */
export function resource(fields: Record<string, string>, content = 'content'): RequestListener {
  return (request, response) => {
    const etag = fields.ETag;
    const modified = fields['Last-Modified'];
    const same =
      request.headers['if-none-match'] === undefined
        ? modified !== undefined && request.headers['if-modified-since'] === modified
        : request.headers['if-none-match'] === etag;
    response.writeHead(same ? 304 : 200, fields).end(same ? undefined : content);
  };
}
