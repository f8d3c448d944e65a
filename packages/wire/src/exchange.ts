import { Buffer } from 'node:buffer';
import { type ConnectionOptions, connectTo, readyEvent, resolved } from './connection.ts';
import { type FieldLine, field } from './field-line.ts';
import { type Message, readMessage } from './message.ts';

/** One request, as it goes over the wire. */
export interface WireRequest {
  method: string;
  /** The request target: path and query. */
  path: string;
  /** Sent as they stand, in this order, each character as one byte. Host, Connection and Content-Length are added. */
  headers: readonly FieldLine[];
  /** @default no content */
  content?: Uint8Array | undefined;
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
  /** Whether there may be more content, which was not waited for. */
  isCut: boolean;
  /** How many bytes came over the wire, head and framing included, without those of TLS. */
  received: number;
  /** When the first byte of content came, in ms since the request was sent; null without content. */
  firstByteAfter: number | null;
  /** When the message was complete, in ms since the request was sent. */
  completeAfter: number;
}

/** Where an exchange goes, how long it takes at most, and when it ends. */
export interface ExchangeOptions extends ConnectionOptions {
  /** How long to wait for the whole response, in ms. @default 10,000 */
  timeout?: number | undefined;
  /** Hangs up at the first byte of content, for a response that never ends; or where this holds of its fields. @default false */
  firstByteOnly?: boolean | ((headers: readonly FieldLine[]) => boolean) | undefined;
  /** Does not ask the server to close the connection, to see whether it would. @default false */
  keepAlive?: boolean | undefined;
  /** Hangs up after so many bytes. @default no bound */
  maxBytes?: number | undefined;
}

/** No complete response came within the time that an exchange may take. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/** How long a complete response is watched for bytes that do not belong to it, when the server keeps the connection open. */
const GRACE = 100;
const NO_CONTENT_METHODS = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'];

/**
 * One exchange on a connection of its own.
 *
 * @param origin - such as `http://localhost:8787` or `https://api.example`
 * @param request - what to send
 * @param options - where to, how long, and when to hang up
 * @returns the response
 * @throws TypeError when a field would end its line
 * @throws NotInTime when no complete response came within `timeout`
 * @throws Error when the server cannot be reached, or hangs up; it names host, port, method and path
 */
export function exchange(origin: string, request: WireRequest, options: ExchangeOptions = {}): Promise<WireResponse> {
  const url = new URL(origin);
  const { method, path, content } = request;
  const { timeout = 10_000, firstByteOnly = false, maxBytes = Number.POSITIVE_INFINITY } = options;
  const { host, port } = resolved(url, options.resolve);
  const what = `${method} ${path} at ${host}:${port}`;
  const head = headOf(url, request, options);

  return new Promise((resolve, reject) => {
    const socket = connectTo(url, options);
    let start = performance.now();
    let received = Buffer.alloc(0);
    let firstByteAfter: number | null = null;
    let completeAfter: number | null = null;
    let grace: NodeJS.Timeout | undefined;
    let settled = false;

    const isEndless = typeof firstByteOnly === 'function' ? firstByteOnly : () => firstByteOnly;
    const awaited = firstByteOnly === true ? 'content' : 'complete response';
    const deadline = setTimeout(() => fail(`no ${awaited} within ${timeout} ms`, undefined, NotInTime), timeout);
    function settle(): boolean {
      if (settled) return false;
      settled = true;
      clearTimeout(deadline);
      clearTimeout(grace);
      socket.destroy();
      return true;
    }
    function fail(
      reason: string,
      cause?: unknown,
      Kind: new (message: string, options: ErrorOptions) => Error = Error,
    ): void {
      if (settle()) reject(new Kind(`${what}: ${reason}`, { cause }));
    }
    function finish({ complete, fault, ...response }: Message, isCut = false): void {
      if (!settle()) return;
      const expected = complete || isCut || isEndless(response.headers);
      completeAfter ??= performance.now() - start;
      resolve({
        ...response,
        fault: fault ?? (expected ? null : 'the connection was closed before the message was complete'),
        isCut,
        received: received.length,
        firstByteAfter,
        completeAfter,
      });
    }
    function read(closed: boolean): Message | null {
      try {
        return readMessage(received, method, closed);
      } catch (error) {
        fail((error as Error).message);
        return null;
      }
    }

    socket.on(readyEvent(url), () => {
      start = performance.now();
      socket.write(head, 'latin1');
      if (content) socket.write(content);
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const message = read(false);
      if (!message) {
        if (received.length > maxBytes) fail(`no end of the header section within ${maxBytes} bytes`);
        return;
      }
      if (message.body.length > 0) firstByteAfter ??= performance.now() - start;
      if (message.body.length > 0 && isEndless(message.headers)) return finish(message, !message.complete);
      if (!message.complete) {
        if (received.length > maxBytes) finish(message, true);
        return;
      }
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

/** The header section of a request. */
function headOf({ host }: URL, { method, path, headers, content }: WireRequest, options: ExchangeOptions): string {
  const lines: FieldLine[] = [['Host', host], ...headers];
  if (!options.keepAlive) lines.push(['Connection', 'close']);
  // RFC 9110 §8.6: a method that anticipates content says that there is none
  if (content || !NO_CONTENT_METHODS.includes(method)) lines.push(['Content-Length', String(content?.length ?? 0)]);
  // RFC 10008 §2: a QUERY says what its content is, and a server may refuse one that does not
  if (method === 'QUERY' && field(headers, 'content-type') === null) lines.push(['Content-Type', 'text/plain']);
  const text = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  const broken = text.find((line) => /[\r\n]/.test(line));
  if (broken !== undefined) throw new TypeError(`A line break in ${JSON.stringify(broken)}`);
  return `${text.join('\r\n')}\r\n\r\n`;
}
