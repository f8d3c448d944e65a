// A worker of a fleet: node test/poller.ts ORIGIN REDIS PREFIX URLS ROUNDS
import { createClient } from '@etag/client';
import { redisStore } from '@etag/client/redis';
import IoRedis from 'ioredis';

/** One answer: of which resource, which version of it, and between which times in ms it was asked for. */
export type Polled = [resource: number, version: number, start: number, end: number];

const [origin = '', redis = '', prefix = '', urls, rounds] = process.argv.slice(2);
const connection = new IoRedis(redis);
const client = createClient({ store: redisStore(connection, { prefix }), wait: 1000 });
// The clock that processes share, as in the test.
const now = () => Number(process.hrtime.bigint()) / 1e6;
const polled: Polled[] = [];

async function poll(resource: number): Promise<void> {
  const start = now();
  const response = await client(`${origin}/${resource}`);
  const { version } = (await response.json()) as { version: number };
  polled.push([resource, version, start, now()]);
}

for (let round = 0; round < Number(rounds); round++) {
  const queue = Array.from({ length: Number(urls) }, (_, resource) => resource).sort(() => Math.random() - 0.5);
  const next = async (): Promise<void> => {
    for (let resource = queue.pop(); resource !== undefined; resource = queue.pop()) await poll(resource);
  };
  await Promise.all([next(), next(), next(), next()]);
}
connection.disconnect();
process.send?.({ polled, stats: client.stats() });
