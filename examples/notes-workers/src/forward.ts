import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';

/**
 * Passes a request on to the Worker, and its response back. Cloudflare's own servers stand before a Worker; here it is this
 * process, which knows the requests that are open when it is told to end.
 */
export function forward(worker: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url: path, headers } = incoming;
  // A connection is for one request: the runtime closes those of which it has not read all, and does not say so.
  const forwarded = request(worker, { agent: false, method, path, headers: { ...headers, connection: 'close' } });
  forwarded.on('response', (response) => {
    const { connection: _, ...fields } = response.headers;
    outgoing.writeHead(response.statusCode ?? 502, fields);
    pipeline(response, outgoing, () => {});
  });
  forwarded.on('error', () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end();
  });
  pipeline(incoming, forwarded, () => {});
}
