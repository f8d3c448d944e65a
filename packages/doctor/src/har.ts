import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type FieldLine, field, type WireRequest, type WireResponse } from '@etag/wire';
import type { Sent } from './probe.ts';

type Node = Readonly<Record<string, unknown>>;

const CODERS: Record<string, (content: Uint8Array) => Uint8Array> = {
  gzip: (content) => gzipSync(content, { level: 1 }),
  deflate: (content) => deflateSync(content, { level: 1 }),
  br: (content) => brotliCompressSync(content),
};

function nodeOf(value: unknown): Node {
  return typeof value === 'object' && value !== null ? (value as Node) : {};
}

const numberOf = (value: unknown) => (typeof value === 'number' && value > 0 ? value : 0);

/**
 * Reads the exchanges of an HTTP Archive, as the developer tools of browsers save it.
 *
 * @param text - HAR 1.2
 * @returns those that were answered, in their order
 * @throws Error for what is not an archive, with a text for its user
 */
export function exchangesOf(text: string): readonly Sent[] {
  let archive: unknown;
  try {
    // RFC 8259 §8.1: a byte order mark may be ignored
    archive = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new Error('Not an HTTP Archive: it is not JSON.', { cause });
  }
  const { entries } = nodeOf(nodeOf(archive).log);
  if (!Array.isArray(entries)) throw new Error('Not an HTTP Archive: it has no log.entries.');
  return entries.flatMap((entry) => exchangeOf(nodeOf(entry)) ?? []);
}

/** An exchange; null for what was not answered, or is not of HTTP. */
function exchangeOf(entry: Node): Sent | null {
  const [request, response] = [nodeOf(entry.request), nodeOf(entry.response)];
  const { url, method } = request;
  if (typeof url !== 'string' || typeof method !== 'string' || !/^[A-Z]{1,20}$/.test(method)) return null;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  const { status } = response;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) return null;
  const target = new URL(url);
  target.hash = '';
  target.username = '';
  target.password = '';
  const asked: WireRequest = { method, path: target.pathname + target.search, headers: linesOf(request.headers) };
  return { url: target, request: asked, response: responseOf(status, response, entry), address: null };
}

/** The fields of a message, without those of HTTP/2 that begin with a colon. */
function linesOf(headers: unknown): FieldLine[] {
  const list = Array.isArray(headers) ? headers.map(nodeOf) : [];
  return list.flatMap(({ name, value }): FieldLine[] => {
    if (typeof name !== 'string' || typeof value !== 'string' || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return [];
    // Browsers save the lines of a repeated field as one value.
    return value.split('\n').map((line): FieldLine => [name, line.trim()]);
  });
}

function responseOf(status: number, response: Node, entry: Node): WireResponse {
  const headers = linesOf(response.headers);
  const body = bodyOf(response, headers);
  return {
    status,
    message: '',
    headers,
    body: body ?? new Uint8Array(),
    fault: null,
    staysOpen: true,
    isCut: body === null,
    received: numberOf(response.headersSize) + numberOf(response.bodySize),
    firstByteAfter: null,
    completeAfter: numberOf(entry.time),
  };
}

/** The content, in its coding again: an archive has it without. Null where the archive does not have it. */
function bodyOf(response: Node, headers: readonly FieldLine[]): Uint8Array | null {
  const { text, encoding } = nodeOf(response.content);
  if (typeof text !== 'string') return null;
  const content = Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8');
  const coding = field(headers, 'content-encoding')?.toLowerCase() ?? '';
  if (!Object.hasOwn(CODERS, coding)) return content;
  return CODERS[coding]?.(content) ?? null;
}
