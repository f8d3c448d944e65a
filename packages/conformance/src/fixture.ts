import { type EntityTag, evaluateRange, parseHttpDate, type RequestHead, type ResourceState } from '@etag/core';
import type { FieldLine } from '@etag/wire';
import { plainStatus, type RangeVector, type Vector, type VectorState } from './vector.ts';

/** A response before the server under test makes it one of its own. */
export interface PlainAnswer {
  status: number;
  /** A reason phrase of the handler's own, for servers whose handlers can choose one. */
  statusMessage?: string;
  /** Names in lower case. The server adds Content-Length. */
  headers: Record<string, string>;
  /** The content; null for a 204. To HEAD the server sends none of it. */
  content: Uint8Array<ArrayBuffer> | null;
}

/** A response that is sent as a stream, without a Content-Length. */
export interface StreamAnswer {
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Sent as they come. */
  chunks: AsyncGenerator<Uint8Array, void, undefined>;
}

/** What `/content` answers. */
export interface Content {
  /** @default empty */
  body?: string;
  /** @default 200 */
  status?: number;
  /** The reason phrase. @default that of the status */
  message?: string;
  /** Response header fields beside Content-Type, or instead of it. */
  fields?: readonly FieldLine[];
  /** Whether the content is `CODED_BODY`, gzipped before the handler saw it. @default false */
  coded?: boolean;
}

/** What `/content?coded` answers once its coding is removed. */
export const CODED_BODY = 'This content was coded before any handler saw it.\n';

/** `CODED_BODY` under gzip. Written out, since not every runtime has a gzip that gives the same bytes. */
const GZIPPED = 'H4sIAAAAAAACAwvJyCxWSM7PK0nNK1EoTwSxU1JTFJJS0/KLUhUS8yoVMhLzUnJSixSKE8sVMkv0uAAgfF4GMgAAAA==';

/** The length of what `/state` answers where the path names none, in bytes. */
export const DEFAULT_LENGTH = 16;
const BOUNDARY = 'a-part-of-the-representation';

/**
 * Where `/state` finds the state of a vector.
 *
 * @param state - null when there is no current representation
 * @param length - of the representation, in bytes; @default 16
 * @returns the path and query
 */
export function statePath(state: VectorState | null, length?: number): string {
  const query = [
    state === null && 'absent',
    state?.etag !== undefined && `etag=${encodeURIComponent(state.etag)}`,
    state?.lastModified !== undefined && `last-modified=${encodeURIComponent(state.lastModified)}`,
    state?.milliseconds !== undefined && `milliseconds=${state.milliseconds}`,
    length !== undefined && `length=${length}`,
  ];
  return `/state?${query.filter((part) => part !== false).join('&')}`;
}

/**
 * Where `/content` finds what it is to answer.
 *
 * @param content - what it answers
 * @returns the path and query
 */
export function contentPath({ body, status, message, fields = [], coded = false }: Content): string {
  const query = [
    body !== undefined && `body=${encodeURIComponent(body)}`,
    status !== undefined && `status=${status}`,
    message !== undefined && `message=${encodeURIComponent(message)}`,
    coded && 'coded',
    ...fields.map(fieldQuery),
  ];
  return `/content?${query.filter((part) => part !== false).join('&')}`;
}

/**
 * Where `/stream` finds the fields that it has beside Content-Type.
 *
 * @param fields - names and values
 * @returns the path and query
 */
export function streamPath(fields: readonly FieldLine[]): string {
  return `/stream?${fields.map(fieldQuery).join('&')}`;
}

function fieldQuery([name, value]: FieldLine): string {
  return `field=${encodeURIComponent(`${name}: ${value}`)}`;
}

/**
 * A path whose request the application rewrites before anything else sees it.
 *
 * @param path - of `/state` or `/content`, with its query
 * @param fields - the request fields that the application sets
 * @returns the path and query
 */
export function rewrittenPath(path: string, fields: readonly FieldLine[]): string {
  return `${path}${fields.map(([name, value]) => `&set-${name}=${encodeURIComponent(value)}`).join('')}`;
}

/**
 * The request fields that the application sets before anything else sees the request, as an application makes If-Match of
 * a parameter of its own.
 *
 * @param url - the request target, or the whole URL
 * @returns names in lower case, and values
 */
export function requestFields(url: string): Record<string, string> {
  const set = [...queryOf(url)].filter(([name]) => name.startsWith('set-'));
  return Object.fromEntries(set.map(([name, value]) => [name.slice('set-'.length), value]));
}

/**
 * The path and query that carry what a vector needs. A vector with a status of its own goes to `/content`, where the
 * preconditions can only be evaluated after the handler; all others go to `/state`.
 *
 * @param vector - a vector of either kind
 * @returns the path and query
 */
export function vectorPath(vector: Vector | RangeVector): string {
  if (!('status' in vector) || vector.status === undefined) {
    return statePath(vector.state, 'length' in vector ? vector.length : undefined);
  }
  const { state, status } = vector;
  const fields: FieldLine[] = [];
  if (state?.etag !== undefined) fields.push(['etag', state.etag]);
  if (state?.lastModified !== undefined) fields.push(['last-modified', state.lastModified]);
  return contentPath({ body: `the plain answer is ${status}`, status, fields });
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start));
}

/**
 * The validators of the resource that a request to `/state` is about.
 *
 * @param url - the request target, or the whole URL
 * @returns null when there is no current representation
 */
export function stateOf(url: string): ResourceState | null {
  const query = queryOf(url);
  if (query.has('absent')) return null;
  const modified = parseHttpDate(query.get('last-modified') ?? '');
  return {
    etag: query.get('etag') as EntityTag | null,
    lastModified: modified === null ? null : modified + Number(query.get('milliseconds')),
  };
}

/**
 * What the handler of `/state` and `/content` answers, as if there were no preconditions.
 *
 * @param request - the method, and the header fields for Range and If-Range
 * @param url - the request target, or the whole URL
 * @returns status, fields and content
 */
export function plainAnswer(request: RequestHead, url: string): PlainAnswer {
  const isContent = /\/content(\?|$)/.test(url);
  const { body, ...answer } = isContent ? contentAnswer(queryOf(url)) : stateAnswer(request, url);
  if (answer.status === 204) delete answer.headers['content-type'];
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  return { ...answer, content: answer.status === 204 ? null : bytes };
}

type Answer = Omit<PlainAnswer, 'content'> & { body: string | Uint8Array<ArrayBuffer> };

function contentAnswer(query: URLSearchParams): Answer {
  const message = query.get('message');
  const isCoded = query.has('coded');
  return {
    status: Number(query.get('status') ?? 200),
    ...(message !== null && { statusMessage: message }),
    headers: { ...fieldsOf(query), ...(isCoded && { 'content-encoding': 'gzip' }) },
    body: isCoded ? Uint8Array.from(atob(GZIPPED), (char) => char.charCodeAt(0)) : (query.get('body') ?? ''),
  };
}

function fieldsOf(query: URLSearchParams): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' };
  for (const field of query.getAll('field')) {
    const colon = field.indexOf(':');
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 1).trim();
  }
  return headers;
}

function stateAnswer(request: RequestHead, url: string): Answer {
  const state = stateOf(url);
  const status = plainStatus(request.method, state !== null);
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  if (!state || status !== 200) return { status, headers, body: status === 201 ? 'created\n' : 'no such resource\n' };

  const length = Number(queryOf(url).get('length') ?? DEFAULT_LENGTH);
  const body = representation(length);
  const range = evaluateRange(request, state, length);
  const rangeable = { ...headers, 'accept-ranges': 'bytes' };
  if (range.kind === 'full') return { status, headers: rangeable, body };
  if (range.kind === 'unsatisfiable') {
    return { status: 416, headers: { ...rangeable, 'content-range': `bytes */${length}` }, body: 'no such range\n' };
  }
  const parts = range.ranges.map(({ start, end }) => ({
    contentRange: `bytes ${start}-${end}/${length}`,
    content: body.slice(start, end + 1),
  }));
  const [only] = parts;
  if (only && parts.length === 1) {
    return { status: 206, headers: { ...rangeable, 'content-range': only.contentRange }, body: only.content };
  }
  // RFC 9110 §14.6
  const multipart = parts.map(
    ({ contentRange, content }) =>
      `--${BOUNDARY}\r\nContent-Type: ${headers['content-type']}\r\nContent-Range: ${contentRange}\r\n\r\n${content}\r\n`,
  );
  return {
    status: 206,
    headers: { ...rangeable, 'content-type': `multipart/byteranges; boundary=${BOUNDARY}` },
    body: `${multipart.join('')}--${BOUNDARY}--\r\n`,
  };
}

/**
 * The content of a resource of `/state`: ASCII, so that a character is a byte, and no two neighbours are equal.
 *
 * @param length - in bytes
 * @returns that many digits
 */
export function representation(length: number): string {
  return '0123456789'.repeat(Math.ceil(length / 10)).slice(0, length);
}

const encoder = new TextEncoder();

/** How long `/stream` takes between its first chunk and its last, in ms. */
const STREAM_DURATION = 600;

/**
 * What the handler of `/stream`, `/events` and `/large` answers: a 200 whose content comes in chunks.
 *
 * @param url - the request target, or the whole URL
 * @returns its fields, and its content as it comes
 */
export function streamAnswer(url: string): StreamAnswer {
  const { pathname } = new URL(url, 'http://localhost');
  if (pathname === '/events') return { headers: { 'content-type': 'text/event-stream' }, chunks: eventStream() };
  const headers = fieldsOf(queryOf(url));
  return { headers, chunks: pathname === '/large' ? largeChunks(url) : streamChunks() };
}

/** The chunks of `/stream`, sent without a Content-Length as they come: the first at once, the last later. */
async function* streamChunks(): AsyncGenerator<Uint8Array, void, undefined> {
  yield encoder.encode('first\n');
  await pause(STREAM_DURATION);
  yield encoder.encode('last\n');
}

/** The events of `/events`, a `text/event-stream` that never ends: the first at once, then two a second. */
async function* eventStream(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let id = 0; ; id++) {
    yield encoder.encode(`id: ${id}\ndata: tick\n\n`);
    await pause(500);
  }
}

const LARGE_CHUNK = new Uint8Array(65_536).fill(0x61);

/**
 * The chunks of `/large?bytes=`, 64 KiB each: more than anybody should hold.
 *
 * @param url - the request target, or the whole URL
 */
async function* largeChunks(url: string): AsyncGenerator<Uint8Array, void, undefined> {
  for (let left = Number(queryOf(url).get('bytes')); left > 0; left -= LARGE_CHUNK.length) {
    yield LARGE_CHUNK.subarray(0, left);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
