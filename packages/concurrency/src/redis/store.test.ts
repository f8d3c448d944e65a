import { absent, any, type CurrentVersion, type Expectation, holds, oneOf, refused } from '@etag/core';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, RESP_TYPES } from 'redis';
import { available, killable, startRedis, startRedisCluster } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { incrementInProcesses, TOTAL } from '../../test/increments.ts';
import type { VersionedStore } from '../store.ts';
import { testVersionedStore } from '../testing.ts';
import { redisStore } from './index.ts';

const server = await available('redisStore', startRedis);
const cluster = await available('redisStore on a cluster', startRedisCluster);
const replica = await killable('redisStore after a failover', startRedis);
afterAll(() => Promise.all([server?.stop(), cluster?.stop(), replica?.stop()]));

const url = server?.url as string;
const prefix = 'notes:';
const openIoredis = (at = url) => new Redis(at, { maxRetriesPerRequest: 0 });
const openRedis = () => createClient({ url }).connect();

/** One store whose calls go to several connections by turns. */
function alternating<T>(stores: VersionedStore<string, T>[]): VersionedStore<string, T> {
  let calls = 0;
  const next = () => stores[calls++ % stores.length] as VersionedStore<string, T>;
  return {
    get: (...args) => next().get(...args),
    state: (...args) => next().state(...args),
    put: (...args) => next().put(...args),
    delete: (...args) => next().delete(...args),
  };
}

describe.skipIf(!server)('the contract, on two connections each of ioredis and redis', () => {
  const ours: Redis[] = [];
  const theirs: Awaited<ReturnType<typeof openRedis>>[] = [];
  beforeAll(async () => {
    ours.push(openIoredis(), openIoredis());
    theirs.push(await openRedis(), await openRedis());
  });
  afterAll(() => {
    for (const client of ours) client.disconnect();
    for (const client of theirs) client.destroy();
  });
  testVersionedStore(test, async () => ({
    store: alternating([...ours, ...theirs].map((client) => redisStore(client, { prefix }))),
  }));
});

describe.skipIf(!server)('the contract, on a pool of redis', () => {
  const pool = createClientPool({ url });
  beforeAll(() => pool.connect());
  afterAll(() => pool.destroy());
  testVersionedStore(test, async () => ({ store: redisStore(pool, { prefix }) }));
});

describe.skipIf(!cluster)('a cluster', () => {
  const nodes = cluster?.nodes ?? [];
  let ours: Cluster;
  const theirs = createCluster({ rootNodes: nodes.map((node) => ({ url: node.url })) });
  beforeAll(async () => {
    ours = new Cluster(
      nodes.map((node) => node.url),
      { retryDelayOnFailover: 0 },
    );
    await theirs.connect();
  });
  afterAll(() => {
    ours.disconnect();
    theirs.destroy();
  });

  describe('the contract, on a Cluster of ioredis and one of redis', () =>
    testVersionedStore(test, async () => ({
      store: alternating([redisStore(ours, { prefix }), redisStore(theirs, { prefix })]),
    })));

  test('keeps keys on each of its nodes', async () => {
    const store = redisStore<number>(ours, { prefix: 'spread:' });
    for (let i = 0; i < 100; i++) await store.put(`${i}`, i, any);
    const kept = await Promise.all(ours.nodes('master').map((node) => node.keys('spread:*')));
    expect(kept.map((keys) => keys.length > 0)).toEqual([true, true, true]);
    expect(kept.flat()).toHaveLength(100);
  });

  test('while a slot moves from node to node, its writes are redirected, and none is lost', async () => {
    const [MOVES, WRITERS] = [12, 8];
    const masters = nodes.map((node) => openIoredis(node.url));
    const ids = await Promise.all(masters.map((master) => master.call('CLUSTER', 'MYID') as Promise<string>));
    const stores = [redisStore<number>(ours, { prefix: 'moving:' }), redisStore<number>(theirs, { prefix: 'moving:' })];
    await stores[0]?.put('count', 0, any);
    const slot = (await masters[0]?.call('CLUSTER', 'KEYSLOT', 'moving:count')) as string;
    const holders = await Promise.all(masters.map((master) => master.call('CLUSTER', 'COUNTKEYSINSLOT', slot)));
    const holder = holders.findIndex((keys) => Number(keys) > 0);

    async function move(from: number, to: number): Promise<void> {
      const [source, target] = [masters[from] as Redis, masters[to] as Redis];
      await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from] as string);
      await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to] as string);
      const { port } = nodes[to] as { port: number };
      await source.call('MIGRATE', '127.0.0.1', port, 'moving:count', 0, 5000);
      for (const master of [target, source]) await master.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to] as string);
    }

    let acknowledged = 0;
    let isMoving = true;
    const writers = Array.from({ length: WRITERS }, async (_, i) => {
      const store = stores[i % stores.length] as VersionedStore<string, number>;
      while (isMoving) {
        const { value = 0, version = '' } = (await store.get('count')) ?? {};
        if ((await store.put('count', value + 1, oneOf(version))).kind === 'updated') acknowledged++;
      }
    });
    const moving = async () => {
      for (let i = 0; i < MOVES; i++) await move((holder + i) % masters.length, (holder + i + 1) % masters.length);
    };
    await Promise.all([moving().finally(() => (isMoving = false)), ...writers]);
    expect(acknowledged).toBeGreaterThan(0);
    expect(await stores[0]?.get('count')).toMatchObject({ value: acknowledged });
    for (const master of masters) master.disconnect();
  });
});

describe.skipIf(!server)('the script', () => {
  let client: Redis;
  let store: VersionedStore<string, string>;
  beforeAll(() => {
    client = openIoredis();
    store = redisStore(client, { prefix });
  });
  afterAll(() => client.disconnect());

  test.each([
    ['without a value', { version: 'A', modified: 1 }],
    ['whose value is not JSON', { version: 'A', modified: 1, value: 'plain text' }],
  ])('a hash of another program, %s, is an error that names the key', async (_, hash) => {
    await client.del(`${prefix}theirs`);
    await client.hset(`${prefix}theirs`, hash);
    await expect(store.get('theirs')).rejects.toThrow('"notes:theirs"');
    expect(await store.put('theirs', 'ours', oneOf('A'))).toMatchObject({ kind: 'updated' });
    expect(await store.get('theirs')).toMatchObject({ value: 'ours' });
  });

  describe('evaluates an expectation as `holds` does', () => {
    const MODIFIED = 1_767_355_200_500;
    const SECOND = MODIFIED - 500;
    const flags = [undefined, true] as const;
    const lists = [undefined, [], ['A'], ['B'], ['B', 'A'], ['', 'a', '\ud800']];
    const times = [undefined, 0, SECOND - 1, SECOND, SECOND + 0.5, MODIFIED, SECOND + 1000, -1.5, 1e21];
    const expectations = flags.flatMap((exists) =>
      flags.flatMap((absent) =>
        lists.flatMap((oneOf) =>
          lists.flatMap((noneOf) =>
            times.map((unmodifiedSince) => given({ exists, absent, oneOf, noneOf, unmodifiedSince })),
          ),
        ),
      ),
    );

    /** An expectation of the members that are given. */
    function given(members: { [M in keyof Expectation]: Expectation[M] | undefined }): Expectation {
      return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
    }

    test.each<[state: string, current: CurrentVersion | null]>([
      ['where nothing is stored', null],
      ['where a version is stored', { version: 'A', modified: MODIFIED }],
      ['where it has no modification time', { version: 'A', modified: undefined }],
    ])('%s, for 1,296 of them', async (key, current) => {
      const name = prefix + key;
      const { modified } = current ?? {};
      const reset = async () => {
        await client.del(name);
        if (current) await client.hset(name, { version: 'A', value: '"old"', ...(modified && { modified }) });
      };
      await reset();
      for (const expectation of expectations) {
        const held = holds(expectation, current);
        const put = await store.put(key, 'new', expectation);
        if (held) expect(put).toMatchObject({ kind: current ? 'updated' : 'created', value: 'new' });
        else expect(put).toEqual(refused(expectation, current));
        if (held) await reset();
        const deleted = await store.delete(key, expectation);
        expect(deleted).toEqual(held && current ? { kind: 'deleted' } : refused(expectation, current));
        if (held && current) await reset();
      }
      expect(await store.get(key)).toEqual(current && { ...current, value: 'old' });
      expect(expectations).toHaveLength(1296);
    });
  });

  test.each([
    ['a time that is not a number', { version: 'A', modified: 'nan' }],
    ['a time that is text', { version: 'A', modified: 'yesterday' }],
    ['an empty version', { version: '', modified: '1' }],
  ])('writes nothing over %s', async (_, hash) => {
    await client.hset('notes:broken', { ...hash, value: '"old"' });
    for (const expectation of [any, { unmodifiedSince: 1e15 }, { noneOf: ['B'] }, { exists: true }] as Expectation[]) {
      await expect(store.put('broken', 'new', expectation)).rejects.toThrow('not a value of this store');
      await expect(store.delete('broken', expectation)).rejects.toThrow('not a value of this store');
    }
    await expect(store.get('broken')).rejects.toThrow(TypeError);
    await expect(store.state('broken')).rejects.toThrow(TypeError);
    expect(await client.hgetall('notes:broken')).toEqual({ ...hash, value: '"old"' });
  });

  test('is sent again where the server has forgotten it', async () => {
    const others = await openRedis();
    for (const each of [store, redisStore<string>(others, { prefix })]) {
      await client.script('FLUSH');
      expect(await each.put('forgotten', 'a', any)).toMatchObject({ value: 'a' });
    }
    others.destroy();
  });

  test('keeps a hash of version, modified and value', async () => {
    const { kind, ...written } = await store.put('kept', 'a', any);
    expect(await client.hgetall('notes:kept')).toEqual({
      version: expect.stringMatching(/^[0-9a-f-]{36}$/),
      modified: expect.stringMatching(/^\d{13}$/),
      value: '"a"',
    });
    expect([kind, await store.get('kept')]).toEqual(['created', written]);
  });

  test('leaves the modification time of a key where it is when the clock is set back', async () => {
    await store.put('ahead', 'a', any);
    await client.hset('notes:ahead', 'modified', 4_102_444_800_000);
    expect(await store.put('ahead', 'b', any)).toMatchObject({ modified: 4_102_444_800_000 });
  });

  test('may be answered in bytes', async () => {
    const others = await openRedis();
    const bytes = redisStore<string>(others.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }), { prefix });
    const { kind, ...stored } = await bytes.put('bytes', 'é', any);
    expect([kind, await bytes.get('bytes')]).toEqual(['created', stored]);
    expect(await store.get('bytes')).toEqual(stored);
    expect(await bytes.put('bytes', 'b', absent)).toMatchObject({ kind: 'exists' });
    others.destroy();
  });
});

test.skipIf(!server)('2 processes of 16 writers lose none of 1,280 increments', async () => {
  const client = openIoredis();
  const store = redisStore<number>(client, { prefix: 'counters:' });
  await store.put('total', 0, any);
  await incrementInProcesses('redis', url);
  expect(await store.get('total')).toMatchObject({ value: TOTAL });
  client.disconnect();
});

test.skipIf(!server || !replica)('no version comes back after a failover that lost a write', async () => {
  const master = await killable('redisStore after a failover', startRedis);
  const before = openIoredis(master?.url);
  const after = openIoredis(replica?.url);
  const [lost, kept] = [redisStore<string>(before, { prefix }), redisStore<string>(after, { prefix })];

  const replicated = await lost.put('a', 'replicated', any);
  await after.replicaof('127.0.0.1', `${master?.port}`);
  await expect.poll(() => kept.get('a'), { timeout: 10_000 }).toMatchObject({ value: 'replicated' });
  // The replica is cut off and promoted; the old master acknowledges one more write.
  await after.replicaof('NO', 'ONE');
  const acknowledged = await lost.put('a', 'acknowledged', any);

  const seen = oneOf('version' in acknowledged ? acknowledged.version : '');
  const current = 'version' in replicated ? replicated.version : '';
  expect(await kept.put('a', 'on top', seen)).toMatchObject({ kind: 'stale', current: { version: current } });
  await kept.put('a', 'another successor', oneOf(current));
  expect(await kept.put('a', 'on top', seen)).toMatchObject({ kind: 'stale' });
  before.disconnect();
  after.disconnect();
  await master?.stop();
});

describe.skipIf(!server)('clients as they may be set', () => {
  test('a keyPrefix of ioredis comes before that of the store', async () => {
    const client = new Redis(url, { maxRetriesPerRequest: 0, keyPrefix: 'app:' });
    const plain = openIoredis();
    const [within, without] = [redisStore<string>(client, { prefix }), redisStore<string>(plain, { prefix })];
    const put = await within.put('prefixed', 'a', absent);
    expect(await within.get('prefixed')).toMatchObject({ value: 'a' });
    expect(await without.get('prefixed')).toBeNull();
    expect(await plain.exists('app:notes:prefixed')).toBe(1);
    const version = 'version' in put ? put.version : '';
    expect(await within.put('prefixed', 'b', oneOf(version))).toMatchObject({ kind: 'updated' });
    expect(await within.put('prefixed', 'c', oneOf(version))).toMatchObject({ kind: 'stale' });
    expect(await within.delete('prefixed', any)).toEqual({ kind: 'deleted' });
    client.disconnect();
    plain.disconnect();
  });

  describe('the contract, on RESP 3', () => {
    const client = createClient({ url, RESP: 3 });
    beforeAll(async () => {
      await client.connect();
    });
    afterAll(() => client.destroy());
    testVersionedStore(test, async () => ({ store: redisStore(client, { prefix: 'resp3:' }) }));
  });
});

test.skipIf(!server || !replica)(
  'a replica answers reads, and a write to it fails as one that was not done',
  async () => {
    const master = openIoredis();
    const other = await killable('redisStore on a replica', startRedis);
    const ioredis = openIoredis(other?.url);
    const redis = await createClient({ url: other?.url as string }).connect();
    const put = await redisStore<string>(master, { prefix }).put('replicated', 'a', any);
    await ioredis.replicaof('127.0.0.1', new URL(url).port);
    for (const client of [ioredis, redis]) {
      const store = redisStore<string>(client, { prefix });
      await expect.poll(() => store.get('replicated'), { timeout: 10_000 }).toMatchObject({ value: 'a' });
      const version = 'version' in put ? put.version : '';
      for (const write of [
        () => store.put('replicated', 'b', oneOf(version)),
        () => store.put('replicated', 'b', any),
        () => store.put('new', 'b', absent),
        () => store.delete('replicated', any),
      ]) {
        const error = await write().catch((error: unknown) => error);
        expect(error).toMatchObject({ message: expect.stringContaining('READONLY') });
        expect(error).not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
      }
      // A refusal needs no write.
      expect(await store.put('replicated', 'b', oneOf('other'))).toMatchObject({ kind: 'stale' });
    }
    master.disconnect();
    ioredis.disconnect();
    redis.destroy();
    await other?.stop();
  },
);

describe.skipIf(!server)('refuses', () => {
  let store: VersionedStore<string, unknown>;
  let client: Redis;
  beforeAll(() => {
    client = openIoredis();
    store = redisStore<unknown>(client, { prefix });
  });
  afterAll(() => client.disconnect());

  test.each(['\ud800', 'a\udc00b'])('a key with a lone surrogate', async (key) => {
    await expect(store.get(key)).rejects.toThrow(TypeError);
    await expect(store.state(key)).rejects.toThrow(TypeError);
    await expect(store.put(key, 1, any)).rejects.toThrow(TypeError);
    await expect(store.delete(key, any)).rejects.toThrow(TypeError);
  });

  test.each([undefined, () => {}, Symbol('s')])('%s, which is no JSON value', async (value) => {
    await expect(store.put('a', value, any)).rejects.toThrow(TypeError);
    expect(await store.get('a')).toBeNull();
  });
});
