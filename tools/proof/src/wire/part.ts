import { type Booted, bootedAdapters } from '../adapters/boots.ts';
import type { Part, Result } from '../result.ts';
import { INJECTED, OBS_TAG, TEXT, wireApplication } from './application.ts';
import { faultsOf } from './framing.ts';
import { fieldOf, Peer, type Raw } from './peer.ts';

/** A request, and what has to come back. */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** @default none */
  readonly content?: string;
  readonly status: number;
  /** The whole tag, as bytes; null for none, undefined for any. */
  readonly etag?: string | null;
  /** As bytes; undefined for any. */
  readonly answer?: string;
}

const utf8 = (text: string) => Buffer.from(text).toString('latin1');
const BYTES = utf8(TEXT);
const JSON_BYTES = utf8(JSON.stringify({ text: TEXT }));

/** Paths of tags that are known, and what they are. */
const KNOWN: readonly [path: string, etag: string, answer: string][] = [
  ['/early', '"v7"', BYTES],
  ['/obs-early', OBS_TAG, BYTES],
  ['/obs-own', OBS_TAG, BYTES],
  ['/obs-json', OBS_TAG, JSON_BYTES],
];

/** The tag of the same, coded. */
const gzipped = (etag: string) => etag.replace(/"$/, '-gzip"');

const reads = (method: string): Exchange[] => [
  ...KNOWN.flatMap(([path, etag, answer]): Exchange[] => [
    { method, path, status: 200, etag, answer },
    { method, path, fields: { 'If-None-Match': etag }, status: 304, etag },
    { method, path, fields: { 'If-None-Match': '*' }, status: 304, etag },
    { method, path, fields: { 'If-None-Match': gzipped(etag) }, status: 304, etag: gzipped(etag) },
    { method, path, fields: { 'If-None-Match': '"v6", "a\t"' }, status: 200, etag, answer },
    { method, path, fields: { 'If-Match': '"v6\xff"' }, status: 412, etag },
  ]),
  ...streamed(method === 'HEAD' ? '/stream' : '/trailer', method),
  ...['/content', '/bytes', '/json'].flatMap((path): Exchange[] => [
    { method, path, status: 200, answer: path === '/json' ? JSON_BYTES : BYTES },
    // Of a HEAD, not every framework has the content.
    ...(method === 'GET' ? [{ method, path, fields: { 'If-None-Match': '*' }, status: 304 }] : []),
  ]),
];

/** Of a HEAD, Node takes no Trailer. */
const streamed = (path: string, method: string): Exchange[] => [
  { method, path, status: 200, etag: '"v7"', answer: BYTES },
  { method, path, fields: { 'If-None-Match': '"v7"' }, status: 304, etag: '"v7"' },
  { method, path, fields: { 'If-Match': '"v6"' }, status: 412, etag: '"v7"' },
];

const FRAMING: readonly Exchange[] = [
  ...reads('GET'),
  ...reads('HEAD'),
  { method: 'PUT', path: '/guarded', fields: { 'If-Match': '"v7"' }, status: 204 },
  { method: 'PUT', path: '/guarded', fields: { 'If-Match': '"v6"' }, status: 412, etag: '"v7"' },
  { method: 'PUT', path: '/guarded', fields: { 'If-Match': '\xff\t"' }, status: 412, etag: '"v7"' },
  { method: 'PUT', path: '/guarded', status: 428 },
];

const INJECTIONS: readonly Exchange[] = INJECTED.flatMap((_, n): Exchange[] => [
  // It is the application's mistake, on a read as well.
  { method: 'GET', path: `/injected?n=${n}`, status: 500, etag: null },
  { method: 'GET', path: `/injected?n=${n}`, fields: { 'If-None-Match': '*' }, status: 500, etag: null },
  { method: 'PUT', path: `/injected?n=${n}`, fields: { 'If-Match': '"a"' }, status: 500, etag: null },
]);

const REFUSALS: readonly Exchange[] = [
  { method: 'PUT', path: '/guarded', fields: { 'If-Match': '"v6"' }, status: 412 },
  { method: 'PUT', path: '/guarded', status: 428 },
  { method: 'PUT', path: '/note', fields: { 'If-Match': '"none"' }, status: 412 },
  { method: 'GET', path: '/early', fields: { 'If-None-Match': '"v7"' }, status: 304 },
];
const AFTER: Exchange = { method: 'GET', path: '/obs-early', status: 200, etag: OBS_TAG, answer: BYTES };

/** The bytes of a request, up to its content. */
function headOf({ method, path, fields = {} }: Exchange, more: Readonly<Record<string, string>> = {}): string {
  const needsLength = method === 'PUT' && !('Transfer-Encoding' in more) && !('Content-Length' in more);
  const all = { Host: 'localhost', ...fields, ...more, ...(needsLength && { 'Content-Length': '0' }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** What is wrong with a response. */
function faultsBy({ method, status, etag, answer }: Exchange, raw: Raw | null): string[] {
  if (!raw) return ['closed without a response'];
  const given = fieldOf(raw, 'etag');
  return [
    ...faultsOf(raw, method),
    ...(raw.status === status ? [] : [`status ${raw.status}, not ${status}`]),
    ...(etag === undefined || given === etag ? [] : [`tag ${JSON.stringify(given)}, not ${JSON.stringify(etag)}`]),
    ...(answer === undefined || method === 'HEAD' || raw.content === answer
      ? []
      : [`content ${JSON.stringify(raw.content.slice(0, 80))}`]),
  ];
}

type Try = (peer: Peer) => Promise<string[]>;

/** One request after the other on one connection. */
function inTurn(exchanges: readonly Exchange[]): Try[] {
  return exchanges.map((exchange) => async (peer) => {
    peer.write(headOf(exchange));
    const faults = faultsBy(exchange, await peer.next(exchange.method));
    return naming(exchange, [
      ...faults,
      ...(peer.rest === '' ? [] : [`more than the response: ${peer.rest.slice(0, 80)}`]),
    ]);
  });
}

const naming = ({ method, path, fields }: Exchange, faults: readonly string[]) =>
  faults.map((fault) => `${method} ${path} ${JSON.stringify(fields ?? {})}: ${fault}`);

/** All requests at once. */
const pipelined: Try = async (peer) => {
  const all = [...FRAMING, ...FRAMING];
  peer.write(all.map((exchange) => headOf(exchange)).join(''));
  const faults: string[] = [];
  for (const exchange of all) faults.push(...naming(exchange, faultsBy(exchange, await peer.next(exchange.method))));
  return faults;
};

/** A request in pieces, a byte each. */
const inPieces: Try = async (peer) => {
  for (const byte of headOf(AFTER)) {
    peer.write(byte);
    await new Promise(setImmediate);
  }
  return naming(AFTER, faultsBy(AFTER, await peer.next('GET')));
};

/** How long a client waits for an answer before it sends the content, in ms. */
const PATIENCE = 100;
const BODY = 'x'.repeat(300_000);

/**
 * A refusal while the content of the request is on its way: the connection is closed, or the next request on it is
 * answered as if nothing had been.
 *
 * @param isChunked - how the content is framed
 * @param waits - whether the client says `Expect: 100-continue`, and sends nothing at first
 */
const refusedEarly =
  (refusal: Exchange, isChunked: boolean, waits: boolean): Try =>
  async (peer) => {
    const framing = isChunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': `${BODY.length}` };
    const content = isChunked ? `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n` : BODY;
    const begun = waits ? 0 : 1000;
    const fields = { ...framing, 'Content-Type': 'text/plain', ...(waits && { Expect: '100-continue' }) };
    peer.write(headOf(refusal, fields) + content.slice(0, begun));
    const answer = peer.next(refusal.method);
    // Fastify reads the content before it asks anybody.
    await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    peer.write(content.slice(begun));
    const faults = faultsBy(refusal, await answer);
    peer.write(headOf(AFTER));
    const after = await peer.next('GET');
    return naming(refusal, [...faults, ...(after ? faultsBy(AFTER, after) : [])]);
  };

/** What is tried, and whether each gets a connection of its own. */
const TRIES: readonly { readonly what: string; readonly tries: readonly Try[]; readonly isOwn: boolean }[] = [
  { what: 'framing, tags and content of 200, 204, 304, 412 and 428', tries: inTurn(FRAMING), isOwn: false },
  { what: 'tags that would end their line, or are none', tries: inTurn(INJECTIONS), isOwn: false },
  { what: 'requests in a row without waiting, and byte by byte', tries: [pipelined, inPieces], isOwn: true },
  {
    what: 'refusals while the content is on its way, with Expect and without; then the next request',
    tries: REFUSALS.flatMap((refusal) =>
      [true, false].flatMap((isChunked) => [true, false].map((waits) => refusedEarly(refusal, isChunked, waits))),
    ),
    isOwn: true,
  },
];

/** Tries all on one adapter. */
export async function tryWire({ name, boot }: Booted): Promise<Result[]> {
  const { origin, close } = await boot(wireApplication());
  const results: Result[] = [];
  for (const { what, tries, isOwn } of TRIES) {
    const wrong: string[] = [];
    let peer = await Peer.to(origin);
    for (const one of tries) {
      const faults = await one(peer).catch((error: Error) => [error.message]);
      wrong.push(...faults.map((fault) => `${name}: ${fault}`));
      if (!isOwn && faults.length === 0) continue;
      peer.close();
      peer = await Peer.to(origin);
    }
    peer.close();
    results.push({ what, cases: tries.length, wrong });
  }
  await close();
  return results;
}

export const wire: Part = {
  name: 'wire',
  title: 'Bytes on a socket',
  about:
    'Every adapter under its framework, asked by a raw socket that mends nothing. Each response is read byte by byte: its field lines, its framing, its tag, its content in UTF-8; and so is the response that follows on the same connection.',
  async run() {
    const all: Result[][] = [];
    for (const booted of await bootedAdapters()) all.push(await tryWire(booted));
    return TRIES.map(({ what }, index) => {
      const of = all.map((results) => results[index] as Result);
      return {
        what,
        cases: of.reduce((sum, { cases }) => sum + cases, 0),
        wrong: of.flatMap(({ wrong }) => wrong),
        note: `${all.length} servers`,
      };
    });
  },
};
