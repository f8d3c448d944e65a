// 20 callers of a URL that is never stored, beside 20 fetches: pnpm --filter @etag/client bench
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@etag/client';

const MOST = 0.1;
const CALLERS = 20;
const APART_MS = 20;
const ANSWER_MS = 300;
const ROUNDS = 5;

const server = createServer((_, response) => {
  setTimeout(() => response.setHeader('Cache-Control', 'no-store').end('x'), ANSWER_MS);
});
await once(server.listen(0), 'listening');
const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
const client = createClient();

/** How long all of them take, in ms: at once, or one a little after the other. */
async function time(ask: (url: string) => Promise<Response>, apart: number): Promise<number> {
  const start = performance.now();
  const callers = Array.from({ length: CALLERS }, async (_, nth) => {
    if (apart > 0) await sleep(nth * apart);
    await (await ask(url)).text();
  });
  await Promise.all(callers);
  return performance.now() - start;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

for (const apart of [0, APART_MS]) {
  const [theirs, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    theirs.push(await time(fetch, apart));
    ours.push(await time(client, apart));
  }
  const [before, after] = [median(theirs), median(ours)];
  const ratio = after / before;
  console.log(
    `${CALLERS} callers ${apart} ms apart: fetch ${before.toFixed(0)} ms, client ${after.toFixed(0)} ms, ${((ratio - 1) * 100).toFixed(1)} % more`,
  );
  if (ratio > 1 + MOST) process.exitCode = 1;
}
server.close();
server.closeAllConnections();
