// A process of many writers: node --import ../sources.mjs test/increments-redis.ts URL WRITERS INCREMENTS
import { any, conditionalUpdate } from '@etag/concurrency';
import { redisStore } from '@etag/concurrency/redis';
import { Redis } from 'ioredis';

const [url = '', writers, increments] = process.argv.slice(2);
const client = new Redis(url, { maxRetriesPerRequest: 0 });
const store = redisStore<number>(client, { prefix: 'counters:' });

async function increment(): Promise<void> {
  for (let i = 0; i < Number(increments); ) {
    const outcome = await conditionalUpdate(store, 'total', (count) => count + 1, any);
    if (outcome.kind === 'updated') i++;
    else if (outcome.kind !== 'contended') throw new Error(outcome.kind);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, increment));
client.disconnect();
