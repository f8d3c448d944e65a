// What the client adds to the fetch of undici on a local 304: pnpm --filter @etag/client bench
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClient } from '@etag/client';
import { fetch as undiciFetch } from 'undici';

const MOST = 0.1;
const ROUNDS = 9;
const REQUESTS = 4000;

const server = fork(fileURLToPath(new URL('server.ts', import.meta.url)), { execArgv: process.execArgv });
const [url] = (await once(server, 'message')) as [string];

const fetch = undiciFetch as unknown as typeof globalThis.fetch;
const client = createClient({ fetch });
const first = await client(url);
const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
const fields = [...first.headers] as [string, string][];
const payload = new Uint8Array(await first.arrayBuffer());
// In this mode fetch adds no `no-cache`, and Express answers 304.
const bare = () => fetch(url, { headers, cache: 'no-cache' });
// The least that a client can do: one response by hand, with the fields and the content that were kept.
const byHand = async () => {
  const { status } = await bare();
  return new Response(payload, { status: status === 304 ? 200 : status, headers: fields });
};
if ((await bare()).status !== 304) throw new Error('The server does not answer 304');

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1000;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

const ratios: number[] = [];
const floors: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const [theirs, hands, ours]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < REQUESTS; i++) {
    theirs.push(await time(bare));
    hands.push(await time(byHand));
    ours.push(await time(() => client(url)));
  }
  const [before, least, after] = [median(theirs), median(hands), median(ours)];
  const times = [before, least, after].map((median) => `${median.toFixed(0)} µs`);
  console.log(
    `p50 of ${REQUESTS}: fetch ${times[0]}, by hand ${times[1]}, client ${times[2]}, ${percent(after / before)}`,
  );
  // The first rounds are the compiler's.
  if (round < 2) continue;
  ratios.push(after / before);
  floors.push(least / before);
}

function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(1)} % more`;
}

const ratio = median(ratios);
console.log(`the median of ${ratios.length} rounds: ${percent(ratio)}; by hand ${percent(median(floors))}`);
server.disconnect();
if (ratio > 1 + MOST) process.exitCode = 1;
