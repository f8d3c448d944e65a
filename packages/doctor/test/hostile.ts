import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { audit, Inconclusive } from '../src/audit.ts';
import { command } from '../src/command.ts';
import type { AuditOptions } from '../src/options.ts';

// Audits servers that do what no server should:
//   pnpm hostile [--runs 2000]
// Each answers some requests properly, and others with a trick. An audit has to end, to say what it found or why it could not,
// and to leave no connection behind.

/** Answers one request in its own way, on a socket that is its own. */
type Trick = (socket: Socket, random: () => number) => void;

/** Numbers that come again with the same seed. */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const one = <T>(values: readonly T[], random: () => number): T => values[Math.floor(random() * values.length)] as T;

const OK = 'HTTP/1.1 200 OK\r\nETag: "a"\r\n';

/** Sends the same bytes until nobody listens. */
function endless(socket: Socket, bytes: string | Buffer): void {
  const write = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', write);
  write();
}

const BOMBS = [
  // One megabyte that stands for one gigabyte: members of 10 MB, one after another.
  ['gzip', Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(10_000_000))))],
  ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
] as const;

const VALUES = [
  '',
  '"',
  'W/',
  '"\u0000"',
  '\u001b[2J',
  '\u009b31m',
  '\u202e',
  '-1',
  '1e9',
  '99999999999999999999',
  '*',
  ',',
];
const NAMES = [
  'ETag',
  'Last-Modified',
  'Vary',
  'Content-Length',
  'Transfer-Encoding',
  'Retry-After',
  'Content-Encoding',
];
const MORE_NAMES = [
  'Cache-Control',
  'Accept-Ranges',
  'Content-Range',
  'Accept-Query',
  'Repr-Digest',
  'Content-Type',
  'Date',
];
const HEADS = [
  'HTTP/1.1',
  'HTTP/9.9 200 OK',
  'HTTP/1.1 999 \u0007',
  'ICY 200 OK',
  '',
  ': \r\n',
  'HTTP/1.1 000 x',
  'SSH-2.0-x',
];
const LOCATIONS = [
  'http://other.test/',
  '//',
  'javascript:alert(1)',
  '/\u0000',
  'http://[',
  '/',
  '?',
  'HTTPS://0/',
  '/a\tb',
  '%',
];
const CHUNKS = [
  '5\r\nhello\r\n0\r\n\r\n',
  'ffffffffffffffff\r\nx',
  '-1\r\n',
  'x\r\n',
  '5;a=b\r\nhel',
  '0\r\nA: b\r\n\r\nmore',
  '\r\n',
];

/** What such a server does; it sends a proper answer otherwise. */
export const tricks: Record<string, Trick> = {
  reset: (socket) => void socket.resetAndDestroy(),
  hangup: (socket) => void socket.end(),
  silence: () => {},
  'half a head': (socket) => void socket.write('HTTP/1.1 200 OK\r\nETag: "a'),
  'a bad head': (socket, random) => void socket.end(`${one(HEADS, random)}\r\n\r\n`, 'latin1'),
  noise: (socket) => void socket.end(randomBytes(5000)),
  'an endless head': (socket) => endless(socket, 'X-Field: value\r\n'.repeat(1000)),
  'endless interim responses': (socket) => endless(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)),
  'endless content': (socket) => {
    socket.write(`${OK}\r\n`);
    endless(socket, 'x'.repeat(65_536));
  },
  'endless chunks': (socket) => {
    socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n`);
    endless(socket, '1\r\nx\r\n'.repeat(1000));
  },
  'a stream of events': (socket) => void socket.write(`${OK}Content-Type: text/event-stream\r\n\r\n`),
  'a bomb': (socket, random) => {
    const [coding, body] = one(BOMBS, random);
    socket.write(`${OK}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
  },
  'odd fields': (socket, random) => {
    const fields = Array.from({ length: 6 }, () => `${one([...NAMES, ...MORE_NAMES], random)}: ${one(VALUES, random)}`);
    socket.end(
      `HTTP/1.1 ${one([200, 206, 304, 412, 204, 416], random)} OK\r\n${fields.join('\r\n')}\r\n\r\nhello`,
      'latin1',
    );
  },
  'a redirect': (socket, random) =>
    void socket.end(`HTTP/1.1 302 Found\r\nLocation: ${one(LOCATIONS, random)}\r\nContent-Length: 0\r\n\r\n`, 'latin1'),
  'odd chunks': (socket, random) =>
    void socket.end(`${OK}Transfer-Encoding: chunked\r\n\r\n${one(CHUNKS, random)}`, 'latin1'),
  'a 304 with content': (socket) => void socket.end('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello'),
  'a wish to be left alone': (socket, random) =>
    void socket.end(`HTTP/1.1 429 Slow\r\nRetry-After: ${one(['3600', '99999999', 'never'], random)}\r\n\r\n`),
  'less than it said': (socket) => void socket.end(`${OK}Content-Length: 10\r\n\r\nhello`),
};

/** A proper answer, which keeps an audit going. */
function answer(socket: Socket, request: string): void {
  const isHit = /if-none-match:.*("a"|\*)/i.test(request);
  const head = isHit
    ? 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n'
    : `${OK}Accept-Ranges: bytes\r\nContent-Length: 17\r\n`;
  socket.end(`${head}Content-Type: application/json\r\n\r\n${isHit ? '' : '{"text":"hello"}\n'}`);
}

/** What became of an audit. */
export interface Outcome {
  readonly seed: number;
  readonly tricks: readonly string[];
  /** What an audit must not do; null where it did none of it. */
  readonly fault: string | null;
}

const TIMEOUT = 200;
/** Three requests without a response, one wish to wait a second, and time for an audit itself. */
const LONGEST = 15_000;

interface Hostile {
  readonly url: string;
  readonly tricks: Set<string>;
  readonly sockets: Set<Socket>;
  readonly server: Server;
}

async function startHostile(seed: number): Promise<Hostile> {
  const random = randomOf(seed);
  const names = Object.keys(tricks);
  const first = names[seed % names.length] as string;
  const chosen = [first, first, one(names, random)];
  const share = 0.4 + 0.6 * random();
  let proper = Math.floor(random() * 6);
  const used = new Set<string>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', (bytes) => {
      const name = proper-- <= 0 && random() < share ? one(chosen, random) : null;
      if (name === null) return answer(socket, bytes.toString('latin1'));
      used.add(name);
      tricks[name]?.(socket, random);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, tricks: used, sockets, server };
}

/**
 * Audits one hostile server.
 *
 * @param seed - which one: the same number is the same server
 */
export async function auditHostile(seed: number): Promise<Outcome> {
  const { url, tricks: used, sockets, server } = await startHostile(seed);
  const options: AuditOptions = { timeout: TIMEOUT, write: seed % 3 === 0, race: seed % 9 === 0 ? 3 : 0 };
  const fault = (await faultOf(url, options)) ?? (await leftOf(sockets));
  server.close();
  for (const socket of sockets) socket.destroy();
  return { seed, tricks: [...used], fault };
}

async function faultOf(url: string, options: AuditOptions): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, LONGEST, `no end within ${LONGEST} ms`);
  });
  const ended = audit(url, options).then(
    () => null,
    (error) => (error instanceof Inconclusive ? null : `thrown: ${(error as Error).stack}`),
  );
  try {
    return await Promise.race([hung, ended]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is left of the connections a moment after the audit. */
async function leftOf(sockets: ReadonlySet<Socket>): Promise<string | null> {
  for (let tries = 0; tries < 50 && sockets.size > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  return sockets.size > 0 ? `${sockets.size} connections left` : null;
}

/** Has the command line print one, in every format; what it must not do, or null. */
export async function printHostile(seed: number): Promise<string | null> {
  const { url, sockets, server } = await startHostile(seed);
  const format = one(['--verbose', '--json', '--sarif', '--junit', '--markdown', '--hurl'], randomOf(seed));
  const printed: string[] = [];
  const keep = (text: string) => void printed.push(text);
  try {
    await command([url, '--timeout', `${TIMEOUT}`, format], { log: keep, error: keep, isColored: false });
  } catch (error) {
    return `thrown: ${(error as Error).stack}`;
  } finally {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  return /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(printed.join('\n'))
    ? `${format} has control characters`
    : null;
}

if (import.meta.main) {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '2000' }, from: { type: 'string', default: '0' } },
  });
  const [from, runs] = [Number(values.from), Number(values.runs)];
  const thrown: unknown[] = [];
  process
    .on('unhandledRejection', (error) => thrown.push(error))
    .on('uncaughtException', (error) => thrown.push(error));
  let faults = 0;
  for (let seed = from; seed < from + runs; seed++) {
    const { fault, tricks } = await auditHostile(seed);
    const printed = seed % 4 === 0 ? await printHostile(seed) : null;
    if (fault === null && printed === null) continue;
    faults++;
    console.log(`seed ${seed}: ${fault ?? printed}; it did: ${tricks.join(', ')}`);
  }
  for (const error of thrown) console.log('thrown outside', error);
  const rss = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`${runs} hostile servers: ${faults} faults, ${thrown.length} thrown outside; ${rss} MB at most`);
  if (faults + thrown.length > 0) process.exitCode = 1;
}
