import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { named, startFixture } from '../adapters.ts';

// What the server of each adapter holds: of a stream, next to nothing; of a response that has been sent, nothing.
// Run: pnpm memory [ADAPTER…]
const MB = 1024 ** 2;
const STREAM = 2048 * MB;
const MAX_GROWTH = 128 * MB;
const RESPONSES = 15_000;
const CONNECTIONS = 10;
/** A closure on each response that leads back to it makes 45 MB of this: see docs/decisions/007. */
const MAX_HEAP_GROWTH = 20 * MB;

/** What a server held at most since it was asked last, in bytes. */
interface Held {
  rss: number;
  heap: number;
}

/** The server, in a process of its own, which says what it holds when it is asked. */
async function serve(name: string): Promise<void> {
  const { origin } = await startFixture(name);
  let held: Held = { rss: 0, heap: 0 };
  const look = () => {
    const { rss, heapUsed } = process.memoryUsage();
    held = { rss: Math.max(held.rss, rss), heap: Math.max(held.heap, heapUsed) };
  };
  setInterval(look, 10);
  process.on('message', () => {
    look();
    process.send?.(held);
    held = { rss: 0, heap: 0 };
  });
  process.send?.(origin);
}

/** Starts a server; `held` asks it. */
async function started(name: string) {
  const server = fork(fileURLToPath(import.meta.url), ['--serve', name]);
  const [origin] = (await once(server, 'message')) as [string];
  const held = async (): Promise<Held> => {
    server.send('held');
    return ((await once(server, 'message')) as [Held])[0];
  };
  return { origin, held, stop: () => server.kill() };
}

function report(name: string, isOk: boolean, what: string): void {
  console.log(`${isOk ? 'ok  ' : 'FAIL'} @etag/${name}: ${what}`);
  if (!isOk) process.exitCode = 1;
}

const inMb = (bytes: number): string => `${(bytes / MB).toFixed(0)} MB`;

async function stream(name: string): Promise<void> {
  const { origin, held, stop } = await started(name);
  const read = async (bytes: number): Promise<number> => {
    const [response] = await once(get(`${origin}/large?bytes=${bytes}`), 'response');
    let read = 0;
    for await (const chunk of response) read += chunk.length;
    return read;
  };
  await read(256 * MB);
  const before = await held();
  const received = await read(STREAM);
  const growth = (await held()).rss - before.rss;
  stop();
  report(
    name,
    received === STREAM && growth < MAX_GROWTH,
    `a stream of ${inMb(received)}, memory grew by ${inMb(growth)}`,
  );
}

async function respond(name: string): Promise<void> {
  const { origin, held, stop } = await started(name);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const read = async (): Promise<void> => {
    const [response] = await once(get(`${origin}/content?body=hello`, { agent }), 'response');
    if (response.statusCode !== 200 || !response.headers.etag) throw new Error(`${name}: no response with a tag`);
    await once(response.resume(), 'end');
  };
  for (let i = 0; i < 100; i++) await read();
  const before = await held();
  let left = RESPONSES;
  const client = async () => {
    while (left-- > 0) await read();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  const growth = (await held()).heap - before.heap;
  stop();
  agent.destroy();
  const count = RESPONSES.toLocaleString('en');
  report(name, growth < MAX_HEAP_GROWTH, `${count} responses with tags, the heap grew by ${inMb(growth)}`);
}

const [first, second = ''] = process.argv.slice(2);
if (first === '--serve') await serve(second);
else {
  for (const name of named(process.argv.slice(2))) {
    await stream(name);
    // Nest by itself keeps responses for as long, with or without tags; it sends them by way of @etag/express and @etag/fastify.
    if (name !== 'nestjs') await respond(name);
  }
}
