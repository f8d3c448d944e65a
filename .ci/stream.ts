import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';

// 2 GB through each adapter: a stream is passed on, not held. Run: node --import ./packages/sources.mjs .ci/stream.ts NAME…
const BYTES = 2 * 1024 ** 3;
const MAX_GROWTH = 128 * 1024 ** 2;

interface Adapter {
  start(compression: 'none'): Promise<{ origin: string; close(): void }>;
}

/** The server, in a process of its own, which says what it holds when it is asked. */
async function serve(name: string): Promise<void> {
  const { start } = (await import(`../packages/${name}/test/fixture.ts`)) as Adapter;
  const { origin } = await start('none');
  process.on('message', () => process.send?.(process.memoryUsage().rss));
  process.send?.(origin);
}

async function measure(name: string): Promise<boolean> {
  const server = fork(fileURLToPath(import.meta.url), ['--serve', name]);
  const [origin] = (await once(server, 'message')) as [string];
  const held = async (): Promise<number> => {
    server.send('rss');
    return ((await once(server, 'message')) as [number])[0];
  };
  const read = async (bytes: number): Promise<{ read: number; peak: number }> => {
    const [response] = await once(get(`${origin}/large?bytes=${bytes}`), 'response');
    let [read, next, peak] = [0, 0, 0];
    for await (const chunk of response) {
      read += chunk.length;
      if (read < next) continue;
      next = read + 64 * 1024 ** 2;
      peak = Math.max(peak, await held());
    }
    return { read, peak };
  };
  await read(256 * 1024 ** 2);
  const before = await held();
  const { read: received, peak } = await read(BYTES);
  server.kill();
  const growth = peak - before;
  const flat = received === BYTES && growth < MAX_GROWTH;
  console.log(
    `${flat ? 'ok  ' : 'FAIL'} @etag/${name}: ${received} bytes, memory grew by ${(growth / 1024 ** 2).toFixed(0)} MB`,
  );
  return flat;
}

const [first = '', ...rest] = process.argv.slice(2);
if (first === '--serve') await serve(rest[0] ?? '');
else {
  for (const name of [first, ...rest]) if (!(await measure(name))) process.exitCode = 1;
}
