// What a store of 64 MiB takes while 1,000,000 different URLs are read: pnpm --filter @etag/client bench
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient, memoryStore } from '@etag/client';

const URLS = 1_000_000;
const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Answers without a network: what is measured is what is kept. */
const answer = async (input: RequestInfo | URL): Promise<Response> => {
  const headers = { ETag: `"${String(input)}"`, Date: new Date().toUTCString(), 'Content-Type': 'application/json' };
  return new Response(`{"url":"${String(input)}","text":"${'x'.repeat(500)}"}`, { headers });
};
const client = createClient({ fetch: answer, store: memoryStore({ maxBytes: 64 * MIB }) });

gc();
const before = process.memoryUsage();
let most = 0;
for (let i = 1; i <= URLS; i++) {
  await (await client(`https://example.com/resources/${i}`)).text();
  if (i % 100_000 !== 0) continue;
  await setImmediate();
  gc();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const kept = heapUsed - before.heapUsed + arrayBuffers - before.arrayBuffers;
  most = Math.max(most, kept);
  console.log(`${i} URLs: ${(kept / MIB).toFixed(1)} MiB kept, ${(rss / MIB).toFixed(0)} MiB of the process`);
}
console.log(`at most ${(most / MIB).toFixed(1)} MiB of 64`);
if (most > 64 * MIB) process.exitCode = 1;
