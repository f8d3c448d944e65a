import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  codedTag,
  type EntityTag,
  evaluatePreconditions,
  evaluateRange,
  formatHttpDate,
  type RequestHead,
  toNotModified,
} from '@etag/core';

/** What a server answers. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer | null;
  /** Bytes that are sent instead of all the rest. */
  raw?: string;
}

/** A request as an endpoint reads it. */
export interface Asked extends RequestHead {
  readonly method: string;
  readonly headers: Record<string, string | undefined>;
  readonly path: string;
  readonly content: string;
}

/** The one resource of an endpoint. */
export interface Note {
  text: string;
  version: number;
  modified: number;
}

/** What is wrong with an endpoint; without any it is right in all that the doctor looks at. */
export interface Mistakes {
  /** Changes the request before it is evaluated. */
  readonly misread?: (asked: Asked) => Asked;
  /** Changes the answer before it leaves. */
  readonly tamper?: (answer: Answer, asked: Asked, count: number) => Answer;
  /** Whether a write is done, whatever the preconditions say. */
  readonly writes?: 'check-then-write' | 'refuse-and-write' | undefined;
  /** Whether the note stands under every path. */
  readonly isAnyPath?: boolean;
  /** How long every read takes, in ms. */
  readonly delay?: number;
  /** Whether a 304 takes no such time. */
  readonly isEarly?: boolean;
}

/** An endpoint that runs. */
export interface Running {
  readonly url: string;
  readonly port: number;
  readonly note: Note;
  close(): void;
}

/** Stands between the lines of a field that a mistake repeats. */
export const SEPARATOR = ' ¦ ';

const HOUR = 3_600_000;
const PATH = '/note';

/** Starts an endpoint: JSON, a strong tag, Last-Modified, gzip and br, ranges, CORS, and PUT that asks for If-Match. */
export async function startEndpoint({
  misread,
  tamper,
  writes,
  delay = 0,
  isEarly = false,
  isAnyPath = false,
}: Mistakes = {}): Promise<Running> {
  const note: Note = { text: 'hello '.repeat(300), version: 1, modified: Date.now() - 2 * HOUR };
  let count = 0;
  const server = createServer(async (request, response) => {
    const received = await askedOf(request);
    const misreadOne = misread?.(received) ?? received;
    const asked = isAnyPath ? { ...misreadOne, path: PATH } : misreadOne;
    const answer = await answerTo(asked, note, writes);
    if (delay > 0 && !(isEarly && answer.status === 304)) await new Promise((resolve) => setTimeout(resolve, delay));
    send(tamper?.(answer, received, count++) ?? answer, response);
  });
  const port = await listening(server);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}${PATH}`, port, note, close };
}

/** Has a server listen on a free port. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function askedOf(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, lines = []]) => [name, lines.join(', ')]),
  );
  const { method = 'GET', url: path = '/' } = request;
  return { method, headers, path, content: Buffer.concat(chunks).toString() };
}

function send({ status, headers, body, raw }: Answer, response: ServerResponse): void {
  if (raw !== undefined) {
    response.socket?.end(raw, 'latin1');
    return;
  }
  const lines = [...headers].map(([name, value]) => [name, value.includes(SEPARATOR) ? value.split(SEPARATOR) : value]);
  response.writeHead(status, Object.fromEntries(lines));
  response.end(body ?? undefined);
}

const empty = (status: number): Answer => ({ status, headers: new Headers(), body: null });

const tagOf = ({ version }: Note): EntityTag => `"v${version}"`;

async function answerTo(asked: Asked, note: Note, writes: Mistakes['writes']): Promise<Answer> {
  if (asked.path !== PATH) return empty(404);
  if (asked.method === 'OPTIONS') return preflight();
  if (asked.method === 'PUT') return write(asked, note, writes);
  if (asked.method === 'QUERY') return query(asked, note);
  return read(asked, note);
}

function preflight(): Answer {
  const headers = new Headers({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'If-Match, If-None-Match, Content-Type',
  });
  return { status: 204, headers, body: null };
}

async function write(asked: Asked, note: Note, writes: Mistakes['writes']): Promise<Answer> {
  const hasGuard = ['if-match', 'if-none-match', 'if-unmodified-since'].some((name) => asked.headers[name]);
  if (!hasGuard) return empty(428);
  const state = { etag: tagOf(note), lastModified: note.modified };
  const isRefused = evaluatePreconditions(asked, state).outcome !== 'proceed';
  if (isRefused && writes === 'refuse-and-write') store(asked, note);
  if (isRefused) return empty(412);
  if (writes === 'check-then-write') await new Promise((resolve) => setTimeout(resolve, 5));
  store(asked, note);
  return { status: 200, headers: new Headers({ etag: tagOf(note) }), body: null };
}

function store({ content }: Asked, note: Note): void {
  note.text = JSON.parse(content).text;
  note.version++;
}

function read(asked: Asked, note: Note): Answer {
  const body = Buffer.from(JSON.stringify({ text: note.text }));
  const state = { etag: tagOf(note), lastModified: note.modified };
  const headers = new Headers({
    etag: state.etag,
    'last-modified': formatHttpDate(note.modified),
    'content-type': 'application/json',
    'content-length': String(body.length),
    'cache-control': 'no-cache',
    vary: 'Accept-Encoding',
    'accept-ranges': 'bytes',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'ETag',
    'accept-query': 'application/json',
    'repr-digest': digestOf(body),
  });
  const decision = evaluatePreconditions(asked, state);
  if (decision.outcome === 'failed') return empty(412);
  if (decision.outcome === 'not-modified') {
    toNotModified(headers, { state, decision });
    return { status: 304, headers, body: null };
  }
  const range = evaluateRange(asked, state, body.length);
  const [part] = range.kind === 'partial' ? range.ranges : [];
  if (part) return partOf(headers, body, part);
  return coded({ status: 200, headers, body }, asked);
}

const digestOf = (body: Buffer) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** Whether the note has a text. */
function query(asked: Asked, note: Note): Answer {
  const body = Buffer.from(JSON.stringify({ found: note.text.length > 0 }));
  const state = { etag: `"q${note.version}"` as const };
  const headers = new Headers({ etag: state.etag, 'content-type': 'application/json' });
  const decision = evaluatePreconditions(asked, state);
  if (decision.outcome === 'not-modified') {
    toNotModified(headers, { state, decision });
    return { status: 304, headers, body: null };
  }
  return { status: 200, headers, body };
}

function partOf(headers: Headers, body: Buffer, { start, end }: { start: number; end: number }): Answer {
  headers.set('content-range', `bytes ${start}-${end}/${body.length}`);
  headers.set('content-length', String(end - start + 1));
  return { status: 206, headers, body: body.subarray(start, end + 1) };
}

const CODERS: Record<string, (body: Buffer) => Buffer> = { gzip: gzipSync, br: brotliCompressSync };

function coded(answer: Answer, asked: Asked): Answer {
  const accepted = asked.headers['accept-encoding']?.split(/, ?/) ?? [];
  const coding = Object.keys(CODERS).find((name) => accepted.includes(name));
  const body = coding && answer.body && CODERS[coding]?.(answer.body);
  if (!coding || !body) return answer;
  const { headers } = answer;
  headers.set('content-encoding', coding);
  headers.set('content-length', String(body.length));
  headers.set('repr-digest', digestOf(body));
  headers.set('etag', codedTag(headers.get('etag') as EntityTag, coding));
  return { ...answer, body };
}
