import IoRedis, { Cluster } from 'ioredis';
import { createClient, type RedisClientType } from 'redis';
import { available, startRedis, startRedisCluster } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import { bytes, response } from './laws/law.ts';
import { type Ioredis, type NodeRedis, redisStore } from './redis.ts';
import { testResponseStore } from './testing.ts';

const redis = await available('redisStore', () => startRedis({ appendfsync: 'no' }));
afterAll(() => redis?.stop());
const url = redis?.url ?? '';

type Open = () => Promise<{ client: Ioredis | NodeRedis; close(): void }>;

const drivers: [name: string, open: Open][] = [
  [
    'ioredis',
    async () => {
      const client = new IoRedis(url);
      return { client, close: () => client.disconnect() };
    },
  ],
  [
    'redis',
    async () => {
      const client = createClient({ url });
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  ],
];

describe.skipIf(!redis).each(drivers)('%s', (_, open) => {
  describe('the contract', () =>
    testResponseStore(test, async () => {
      const { client, close } = await open();
      return { store: redisStore(client), close };
    }));

  test('everything expires, and a validation puts it off', async () => {
    const { client, close } = await open();
    const direct = new IoRedis(url);
    const prefix = `${crypto.randomUUID()}:`;
    const store = redisStore(client, { prefix, ttl: 60_000 });
    const stored = response();
    await store.put('k', stored, bytes('content'), []);
    const names = await direct.keys(`${prefix}*`);
    expect(names).toHaveLength(2);
    for (const name of names) expect(await direct.pexpire(name, 30_000)).toBe(1);
    await store.freshen('k', stored);
    for (const name of names) expect(await direct.pttl(name)).toBeGreaterThan(30_000);
    await store.lock?.('k', 60_000);
    expect(await direct.pttl(`${prefix}{k}:lock`)).toBeGreaterThan(30_000);
    direct.disconnect();
    close();
  });

  test('stores with different prefixes keep to their own', async () => {
    const { client, close } = await open();
    const key = crypto.randomUUID();
    await redisStore(client, { prefix: 'a:' }).put(key, response(), bytes(''), []);
    expect(await redisStore(client, { prefix: 'b:' }).list(key)).toEqual([]);
    close();
  });
});

const cluster = await available('redisStore on a cluster', () => startRedisCluster(3));
afterAll(() => cluster?.stop());

describe.skipIf(!cluster)('a cluster of ioredis: the contract', () =>
  testResponseStore(test, async () => {
    const client = new Cluster(cluster?.nodes.map(({ url }) => url) ?? []);
    return { store: redisStore(client), close: () => client.disconnect() };
  }),
);

test('clients of both packages are accepted as they are', () => {
  const accept = (_: Ioredis | NodeRedis) => {};
  accept({} as IoRedis);
  accept({} as Cluster);
  accept({} as RedisClientType);
});

test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a ttl of %d is refused: Redis would keep it for ever',
  (ttl) => {
    expect(() => redisStore({} as Ioredis, { ttl })).toThrow(TypeError);
  },
);
