// 20 callers in each of 8 processes that share a Redis, of a URL that is never stored, beside as many fetches:
// pnpm --filter @etag/client bench
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createClient } from '@etag/client';
import { redisStore } from '@etag/client/redis';
import { Redis } from 'ioredis';
import { startRedis } from 'servers';

const MOST = 0.1;
const PROCESSES = 8;
const CALLERS = 20;
const ANSWER_MS = 300;
const ROUNDS = 5;

/** What is measured: fetch, and the client as it is and where it waits for others of its fleet. */
const askers = ['fetch', 'client', 'client with wait: 1000'] as const;

async function work(url: string, redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl);
  const store = redisStore(redis);
  const asks: Record<string, (url: string) => Promise<Response>> = {
    fetch,
    client: createClient({ store }),
    'client with wait: 1000': createClient({ store, wait: 1000 }),
  };
  process.on('message', async (asker: string) => {
    const ask = asks[asker] as typeof fetch;
    const callers = Array.from({ length: CALLERS }, async () => {
      const start = performance.now();
      await (await ask(url)).text();
      return performance.now() - start;
    });
    process.send?.(Math.max(...(await Promise.all(callers))));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

async function compare(): Promise<void> {
  const redis = await startRedis({ appendfsync: 'no' });
  const server = createServer((_, response) => {
    setTimeout(() => response.setHeader('Cache-Control', 'no-store').end('x'), ANSWER_MS);
  });
  await once(server.listen(0), 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const self = fileURLToPath(import.meta.url);
  const workers = Array.from({ length: PROCESSES }, () => fork(self, [url, redis.url]));
  await Promise.all(workers.map((worker) => once(worker, 'message')));

  /** How long the slowest caller of all processes took, in ms. */
  async function slowest(asker: string): Promise<number> {
    const done = workers.map((worker) => once(worker, 'message') as Promise<[number]>);
    for (const worker of workers) worker.send(asker);
    return Math.max(...(await Promise.all(done)).map(([ms]) => ms));
  }

  // The first time nobody knows that it is not stored: who is told to wait for others does.
  for (const asker of askers) console.log(`the first time: ${asker} ${(await slowest(asker)).toFixed(0)} ms`);
  const times = Object.fromEntries(askers.map((asker) => [asker, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const asker of askers) times[asker]?.push(await slowest(asker));
  }
  const median = (asker: string) => times[asker]?.sort((a, b) => a - b)[ROUNDS >> 1] as number;
  for (const asker of askers) {
    const ratio = median(asker) / median('fetch');
    console.log(`${PROCESSES} × ${CALLERS} callers: ${asker} ${median(asker).toFixed(0)} ms, ${percent(ratio)}`);
    if (ratio > 1 + MOST) process.exitCode = 1;
  }
  for (const worker of workers) worker.disconnect();
  server.close();
  server.closeAllConnections();
  await redis.stop();
}

function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(1)} % more`;
}

const [url, redisUrl] = process.argv.slice(2);
await (url && redisUrl ? work(url, redisUrl) : compare());
