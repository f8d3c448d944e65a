import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import type { FieldLine } from './vector.ts';

/** One request, as it goes over the wire. */
export interface WireRequest {
  method: string;
  /** The request target: path and query. */
  path: string;
  /** Sent as they stand, in this order, each character as one byte. Host and Connection are added. */
  headers: readonly FieldLine[];
}

/** What came back. */
export interface WireResponse {
  status: number;
  /** The reason phrase. */
  message: string;
  /** The header section, line by line: names as sent, each byte of a value as one character. */
  headers: FieldLine[];
  /** The content, its transfer coding removed. */
  body: Uint8Array;
  /** What is wrong with the framing of the message; null when it is right. */
  fault: string | null;
  /** Whether the server lets the connection stay open for a next request. */
  staysOpen: boolean;
  /** When the first byte of content came, in ms since the request was sent; null without content. */
  firstByteAfter: number | null;
  /** When the message was complete, in ms since the request was sent. */
  completeAfter: number;
}

/** How long an exchange takes at most, and when it ends. */
export interface ExchangeOptions {
  /** How long to wait for the whole response, in ms. @default 10,000 */
  timeout?: number | undefined;
  /** Hangs up at the first byte of content, for a response that never ends. @default false */
  firstByteOnly?: boolean | undefined;
  /** Does not ask the server to close the connection, to see whether it would. @default false */
  keepAlive?: boolean | undefined;
}

/** How long a complete response is watched for bytes that do not belong to it, when the server keeps the connection open. */
const GRACE = 100;
const NO_CONTENT_METHODS = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'];

/**
 * One exchange on a connection of its own.
 *
 * @param origin - such as `http://localhost:8787`
 * @param request - what to send
 * @param options - `timeout`, `firstByteOnly`, `keepAlive`
 * @returns the response
 * @throws Error when the server cannot be reached, hangs up or takes too long; it names host, port, method and path
 */
export function exchange(origin: string, request: WireRequest, options: ExchangeOptions = {}): Promise<WireResponse> {
  const { hostname, port: explicitPort, host } = new URL(origin);
  const port = Number(explicitPort || 80);
  const { method, path, headers } = request;
  const { timeout = 10_000, firstByteOnly = false, keepAlive = false } = options;
  const what = `${method} ${path} at ${hostname}:${port}`;
  const lines: FieldLine[] = [['Host', host], ...headers];
  if (!keepAlive) lines.push(['Connection', 'close']);
  // RFC 9110 §8.6: a method that anticipates content says that there is none
  if (!NO_CONTENT_METHODS.includes(method)) lines.push(['Content-Length', '0']);
  // RFC 10008 §2: a QUERY says what its content is, and a server may refuse one that does not
  if (method === 'QUERY') lines.push(['Content-Type', 'text/plain']);
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;

  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port });
    const start = performance.now();
    let received = Buffer.alloc(0);
    let firstByteAfter: number | null = null;
    let completeAfter: number | null = null;
    let grace: NodeJS.Timeout | undefined;
    let settled = false;

    const awaited = firstByteOnly ? 'content' : 'complete response';
    const deadline = setTimeout(() => fail(`no ${awaited} within ${timeout} ms`), timeout);
    function settle(): boolean {
      if (settled) return false;
      settled = true;
      clearTimeout(deadline);
      clearTimeout(grace);
      socket.destroy();
      return true;
    }
    function fail(reason: string, cause?: unknown): void {
      if (settle()) reject(new Error(`${what}: ${reason}`, { cause }));
    }
    function finish({ complete, fault, ...response }: Message): void {
      if (!settle()) return;
      const cutOff = complete || firstByteOnly ? null : 'the connection was closed before the message was complete';
      completeAfter ??= performance.now() - start;
      resolve({ ...response, fault: fault ?? cutOff, firstByteAfter, completeAfter });
    }
    function read(closed: boolean): Message | null {
      try {
        return readMessage(received, method, closed);
      } catch (error) {
        fail((error as Error).message);
        return null;
      }
    }

    socket.on('connect', () => socket.write(head, 'latin1'));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const message = read(false);
      if (!message) return;
      if (message.body.length > 0) firstByteAfter ??= performance.now() - start;
      if (firstByteOnly && message.body.length > 0) return finish(message);
      if (!message.complete) return;
      completeAfter ??= performance.now() - start;
      grace ??= setTimeout(() => finish(read(false) ?? message), GRACE);
    });
    socket.on('end', () => {
      const message = read(true);
      if (message) finish(message);
      else
        fail(`the connection was closed ${received.length > 0 ? 'within the header section' : 'without a response'}`);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A reset that follows a complete response takes nothing from it.
      const message = completeAfter === null ? null : read(true);
      if (message) finish(message);
      else fail(error.code ?? error.message, error);
    });
    socket.on('close', () => fail('the connection was closed'));
  });
}

interface Message {
  status: number;
  message: string;
  headers: FieldLine[];
  body: Uint8Array;
  complete: boolean;
  fault: string | null;
  staysOpen: boolean;
}

// status-line = HTTP-version SP status-code SP [ reason-phrase ]
const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: ([^\r\n]*))?$/;

/**
 * The response message that begins a sequence of bytes.
 *
 * @param closed - no more bytes will come
 * @returns null while the header section is not complete
 */
function readMessage(bytes: Buffer, method: string, closed: boolean): Message | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [statusLine = '', ...fieldLines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [, minor, code, message = ''] = STATUS_LINE.exec(statusLine) ?? [];
  if (code === undefined) throw new Error(`not an HTTP/1.1 response: ${JSON.stringify(statusLine)}`);
  const status = Number(code);
  const rest = bytes.subarray(end + 4);
  // RFC 9110 §15.2: interim responses come before the final one
  if (status >= 100 && status < 200) return readMessage(rest, method, closed);

  const headers = fieldLines.map((line): FieldLine => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
  });
  // RFC 9112 §9.3: a connection persists unless it is said to close
  const staysOpen = !closed && minor === '1' && !/\bclose\b/i.test(field(headers, 'connection') ?? '');
  return { status, message, headers, staysOpen, ...readContent(rest, status, headers, method, closed) };
}

/** RFC 9112 §6.3: how long the content is. */
function readContent(
  rest: Buffer,
  status: number,
  headers: readonly FieldLine[],
  method: string,
  closed: boolean,
): Pick<Message, 'body' | 'complete' | 'fault'> {
  const lengths = fieldLines(headers, 'content-length');
  const codings = fieldLines(headers, 'transfer-encoding');
  const length = lengths[0];
  const trailers = fieldLines(headers, 'trailer');
  const isChunked = codings.at(-1)?.toLowerCase() === 'chunked';
  const faults = [
    lengths.length > 1 && `${lengths.length} Content-Length fields`,
    length !== undefined && !/^\d+$/.test(length) && `Content-Length: ${length}`,
    length !== undefined && codings.length > 0 && 'both Content-Length and Transfer-Encoding',
    codings.length > 1 && `${codings.length} Transfer-Encoding fields`,
    trailers.length > 0 && !isChunked && 'a Trailer field on a message that is not chunked',
    status === 204 && (length !== undefined || codings.length > 0) && 'a 204 with Content-Length or Transfer-Encoding',
  ].filter((fault) => fault !== false);

  if (method === 'HEAD' || status === 204 || status === 304) {
    if (rest.length > 0) faults.push(`${rest.length} bytes of content where none is allowed`);
    return { body: rest, complete: true, fault: faults[0] ?? null };
  }
  if (isChunked) {
    const chunked = readChunks(rest);
    if (chunked.excess > 0) faults.push(`${chunked.excess} bytes after the last chunk`);
    return { body: chunked.body, complete: chunked.complete, fault: faults[0] ?? null };
  }
  if (length !== undefined) {
    const excess = rest.length - Number(length);
    if (excess > 0) faults.push(`${excess} bytes more than Content-Length says`);
    return { body: rest.subarray(0, Number(length)), complete: excess >= 0, fault: faults[0] ?? null };
  }
  return { body: rest, complete: closed, fault: faults[0] ?? null };
}

// chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
function readChunks(bytes: Buffer): { body: Uint8Array; complete: boolean; excess: number } {
  const parts: Buffer[] = [];
  let at = 0;
  while (true) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return { body: Buffer.concat(parts), complete: false, excess: 0 };
    const line = bytes.toString('latin1', at, lineEnd);
    const size = /^[0-9a-f]+/i.exec(line)?.[0];
    if (size === undefined) throw new Error(`not a chunk size: ${JSON.stringify(line.slice(0, 40))}`);
    const start = lineEnd + 2;
    const end = start + Number.parseInt(size, 16);
    if (end === start) {
      // The last chunk; trailer fields may follow, then an empty line.
      const trailerEnd = bytes.indexOf('\r\n\r\n', lineEnd);
      const complete = trailerEnd >= 0;
      return { body: Buffer.concat(parts), complete, excess: complete ? bytes.length - trailerEnd - 4 : 0 };
    }
    parts.push(bytes.subarray(start, end));
    if (bytes.length < end + 2) return { body: Buffer.concat(parts), complete: false, excess: 0 };
    at = end + 2;
  }
}

/** The values of the lines of a field, in their order. */
export function fieldLines(headers: readonly FieldLine[], name: string): string[] {
  const lower = name.toLowerCase();
  return headers.filter(([key]) => key.toLowerCase() === lower).map(([, value]) => value);
}

/** The value of a field, repeated lines joined by commas; null when it is not there. */
export function field(headers: readonly FieldLine[], name: string): string | null {
  const lines = fieldLines(headers, name);
  return lines.length > 0 ? lines.join(', ') : null;
}
