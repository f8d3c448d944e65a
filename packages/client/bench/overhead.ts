// What the client adds to the fetch of undici on a local 304: pnpm --filter @etag/client bench
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClient } from '@etag/client';
import { fetch as undiciFetch } from 'undici';

const MOST = 0.15;
const ROUNDS = 9;
const REQUESTS = 4000;

const server = fork(fileURLToPath(new URL('server.ts', import.meta.url)), { execArgv: process.execArgv });
const [url] = (await once(server, 'message')) as [string];

const fetch = undiciFetch as unknown as typeof globalThis.fetch;
const client = createClient({ fetch });
const first = await client(url);
const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
await first.text();
// In this mode fetch adds no `no-cache`, and Express answers 304.
const bare = () => fetch(url, { headers, cache: 'no-cache' });
if ((await bare()).status !== 304) throw new Error('The server does not answer 304');

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1000;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const [theirs, ours]: [number[], number[]] = [[], []];
  for (let i = 0; i < REQUESTS; i++) {
    theirs.push(await time(bare));
    ours.push(await time(() => client(url)));
  }
  const [before, after] = [median(theirs), median(ours)];
  console.log(
    `p50 of ${REQUESTS}: fetch ${before.toFixed(0)} µs, client ${after.toFixed(0)} µs, ${percent(after / before)}`,
  );
  // The first rounds are the compiler's.
  if (round >= 2) ratios.push(after / before);
}

function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(1)} % more`;
}

const ratio = median(ratios);
console.log(`the median of ${ratios.length} rounds: ${percent(ratio)}`);
server.disconnect();
if (ratio > 1 + MOST) process.exitCode = 1;
