import { Buffer } from 'node:buffer';
import { type FieldLine, field, fieldLines } from './field-line.ts';

/** What has arrived of a response message. */
export interface Message {
  status: number;
  /** The reason phrase. */
  message: string;
  headers: FieldLine[];
  body: Uint8Array;
  /** Whether all of it is there. */
  complete: boolean;
  /** What is wrong with its framing; null when it is right. */
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
export function readMessage(bytes: Buffer, method: string, closed: boolean): Message | null {
  const start = startOfFinal(bytes);
  const end = bytes.indexOf('\r\n\r\n', start);
  if (end < 0) return null;
  const [statusLine = '', ...fieldLines] = bytes.toString('latin1', start, end).split('\r\n');
  const [, minor, code, message = ''] = STATUS_LINE.exec(statusLine) ?? [];
  if (code === undefined) throw new Error(`not an HTTP/1.1 response: ${JSON.stringify(statusLine)}`);
  const status = Number(code);
  const rest = bytes.subarray(end + 4);

  const headers = fieldLines.map((line): FieldLine => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
  });
  // RFC 9112 §9.3: a connection persists unless it is said to close
  const staysOpen = !closed && minor === '1' && !/\bclose\b/i.test(field(headers, 'connection') ?? '');
  return { status, message, headers, staysOpen, ...readContent(rest, status, headers, method, closed) };
}

/** RFC 9110 §15.2: interim responses come before the final one. The index that it begins at. */
function startOfFinal(bytes: Buffer): number {
  let start = 0;
  while (true) {
    const isInterim = /^HTTP\/1\.[01] 1\d\d(?: |\r)/.test(bytes.toString('latin1', start, start + 13));
    const end = isInterim ? bytes.indexOf('\r\n\r\n', start) : -1;
    if (end < 0) return start;
    start = end + 4;
  }
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
