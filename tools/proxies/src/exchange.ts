import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Application } from './application.ts';

/** What a browser sees of one note, and what becomes of its writes. */
export interface Exchange {
  /** The tag that a GET gives, with the version named 7. */
  readonly tag: string;
  /** The content coding of that response; null where it has none. */
  readonly coding: string | null;
  /** The status of the same GET with that tag in If-None-Match. */
  readonly again: number;
  /** A PUT with the tag as it was read. */
  readonly fresh: Write;
  /** A PUT with that tag after somebody else has written. */
  readonly stale: Write;
}

/** The answer to a write. */
export interface Write {
  readonly status: number;
  /** What the problem details give as the reason; null where it is not a refusal. */
  readonly reason: string | null;
  /** What they say to people; null where it is not a refusal. */
  readonly detail: string | null;
}

/**
 * Reads a note twice and writes it twice, as a browser does.
 *
 * @param origin - where to: the application's own, or that of a proxy in front of it
 * @param application - to know what was stored
 * @returns what was seen
 * @throws when an answer is not what happened: a 200 to what was not written, or a write that a 412 denies
 */
export async function exchange(origin: string, application: Application): Promise<Exchange> {
  const url = `${origin}/note`;
  const { tag: version } = await application.state();
  const found = await send(url, 'GET', ACCEPTS);
  const tag = String(found.headers.etag);
  const again = await send(url, 'GET', { ...ACCEPTS, 'if-none-match': tag });
  const fresh = await write(url, tag, 'me', application);
  await application.save('somebody else');
  const stale = await write(url, tag, 'me again', application);
  return {
    tag: tag.replace(version.slice(1, -1), 'v7'),
    coding: found.headers['content-encoding'] ?? null,
    again: again.status,
    fresh,
    stale,
  };
}

/** What Chromium sends over HTTPS. */
const ACCEPTS = { 'accept-encoding': 'gzip, deflate, br, zstd' };

async function write(url: string, tag: string, by: string, application: Application): Promise<Write> {
  const headers = { 'if-match': tag, 'content-type': 'application/json' };
  const { status, content } = await send(url, 'PUT', headers, JSON.stringify({ text: 'hello', by }));
  const isWritten = (await application.state()).by === by;
  if (isWritten !== (status === 200)) throw new Error(`${status} to a write that was ${isWritten ? '' : 'not '}done`);
  const { reason = null, detail = null } = JSON.parse(content.toString()) as Partial<Write>;
  return { status, reason, detail };
}

/** By node:http: fetch would add fields of its own, and take a content coding away. */
async function send(url: string, method: string, headers: OutgoingHttpHeaders, body?: string) {
  const outgoing = request(url, { method, headers });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, content: await buffer(incoming) };
}
