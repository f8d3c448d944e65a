import { once } from 'node:events';
import { type Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** One exchange as it went over the wire. */
export interface Exchange {
  status: number;
  statusMessage: string;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  content: string;
  /** What the response came to in bytes, head and content. */
  bytes: number;
}

/** Sends a request as written, nothing added, and counts what comes back. */
export async function exchange(
  agent: Agent,
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  content = '',
): Promise<Exchange> {
  const length = content ? { 'Content-Length': `${Buffer.byteLength(content)}` } : {};
  const outgoing = request({ agent, port, method, path, headers: { ...headers, ...length } });
  const [socket] = await Promise.all([once(outgoing, 'socket').then(([socket]) => socket), outgoing.end(content)]);
  const before = socket.bytesRead;
  const [response] = await once(outgoing, 'response');
  const body = await buffer(response);
  return {
    status: response.statusCode,
    statusMessage: response.statusMessage,
    headers: response.headers,
    content: body.toString(),
    bytes: socket.bytesRead - before,
  };
}
