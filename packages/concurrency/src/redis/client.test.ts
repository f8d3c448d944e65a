import { any, OutcomeUnknownError, oneOf } from '@etag/core';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { killable, startProxy, startRedis } from 'servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import type { VersionedStore } from '../store.ts';
import { type Ioredis, type NodeRedis, redisStore } from './index.ts';

const server = await killable('redisStore when its connection breaks', startRedis);
afterAll(() => server?.stop());
const port = server?.port ?? 0;
const prefix = 'notes:';

/** A connection, and how to let go of it. */
interface Open {
  client: Ioredis | NodeRedis;
  close(): unknown;
}

function openIoredis(port: number, options?: { maxRetriesPerRequest?: number; enableOfflineQueue?: boolean }) {
  const client = new Redis({ port, maxRetriesPerRequest: 0, retryStrategy: () => 20, ...options });
  return { client: client.on('error', () => {}), close: () => client.disconnect() };
}

async function openRedis(port: number) {
  const client = createClient({ socket: { port, reconnectStrategy: 20 } }).on('error', () => {});
  await client.connect();
  return { client, close: () => client.destroy() };
}

const drivers: [name: string, open: (port: number) => Open | Promise<Open>][] = [
  ['ioredis', openIoredis],
  ['redis', openRedis],
];

const isScript = (bytes: Buffer) => /evalsha/i.test(bytes.toString('latin1'));

describe.skipIf(!server)('a lost connection', () => {
  const direct = openIoredis(port).client;
  const sound = redisStore<string>(direct, { prefix });
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  beforeAll(async () => {
    proxy = await startProxy(port);
  });
  beforeEach(async () => {
    await sound.put('a', 'old', any);
    await direct.config('RESETSTAT');
  });
  afterAll(async () => {
    direct.disconnect();
    await proxy.close();
  });

  /** How often the script was run since the last test. */
  async function runs(): Promise<number> {
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await direct.info('commandstats'))?.[1] ?? 0);
  }

  describe.each(drivers)('%s', (_, open) => {
    let connection: Open;
    let store: VersionedStore<string, string>;
    beforeEach(async () => {
      connection = await open(proxy.port);
      store = redisStore(connection.client, { prefix });
      await store.get('a');
    });
    afterEach(() => connection.close());

    test('leaves the outcome of a put unknown, and the put is sent once', async () => {
      const { version = '' } = (await sound.get('a')) ?? {};
      proxy.loseAnswers(1, isScript);
      await expect(store.put('a', 'new', oneOf(version))).rejects.toBeInstanceOf(OutcomeUnknownError);
      // The connection is there again, and what it had not sent would be.
      expect(await store.get('a')).toMatchObject({ value: 'new' });
      expect(await runs()).toBe(1);
    });

    test('leaves the outcome of a delete unknown, and the delete is sent once', async () => {
      proxy.loseAnswers(1, isScript);
      await expect(store.delete('a', any)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
      expect(await store.get('a')).toBeNull();
      expect(await runs()).toBe(1);
    });

    test('before the write costs nothing', async () => {
      proxy.cut();
      expect(await store.get('a').catch(() => store.get('a'))).toMatchObject({ value: 'old' });
      expect(await store.put('a', 'new', any)).toMatchObject({ kind: 'updated' });
    });

    test('leaves the outcome unknown when the signal is aborted first; a read rejects with its reason', async () => {
      const goOn = proxy.stall();
      const controller = new AbortController();
      const { signal } = controller;
      const writes = Promise.allSettled([store.put('a', 'new', any, { signal }), store.delete('b', any, { signal })]);
      const reads = Promise.allSettled([store.get('a', { signal }), store.state('a', { signal })]);
      // Whatever the reason is, also an error that the server sent.
      const reason = await direct.call('no-such-command').catch((error: unknown) => error);
      controller.abort(reason);
      const unknown = { status: 'rejected', reason: { code: 'ETAG_OUTCOME_UNKNOWN', cause: reason } };
      expect(await writes).toMatchObject([unknown, unknown]);
      expect(await reads).toEqual([
        { status: 'rejected', reason },
        { status: 'rejected', reason },
      ]);
      goOn();
      // It was on its way, and arrives.
      expect(await store.get('a')).toMatchObject({ value: 'new' });
    });
  });

  test('is why a client must not send again: it takes its own write for that of another', async () => {
    const { client, close } = openIoredis(proxy.port, { maxRetriesPerRequest: 20 });
    const hidden: Ioredis = {
      eval: (...args) => client.eval(...args),
      evalsha: (...args) => client.evalsha(...args),
      hmget: (...args) => client.hmget(...args),
      on: (...args) => client.on(...args),
      status: 'ready',
      isCluster: false,
      options: { maxRetriesPerRequest: 0 },
    };
    const store = redisStore<string>(hidden, { prefix });
    const { version = '' } = (await store.get('a')) ?? {};
    proxy.loseAnswers(1, isScript);
    expect(await store.put('a', 'new', oneOf(version))).toMatchObject({ kind: 'stale' });
    expect(await store.get('a')).toMatchObject({ value: 'new' });
    expect(await runs()).toBe(2);
    close();
  });
});

describe('a client that sends again by itself is refused, and told how not to', () => {
  const lazyConnect = true;
  const clusterOf = (options: object) => new Cluster([{ port: 1 }], { lazyConnect, ...options });
  const retryDelayOnFailover = 0;
  const clusterNodeRetryStrategy = () => 20;

  test.each<[name: string, client: Ioredis | NodeRedis, advice: string]>([
    ['a Redis', new Redis({ lazyConnect }), '{ maxRetriesPerRequest: 0 }'],
    ['a Redis without end', new Redis({ lazyConnect, maxRetriesPerRequest: null }), '{ maxRetriesPerRequest: 0 }'],
    ['a Cluster', clusterOf({}), '{ retryDelayOnFailover: 0 }'],
    [
      'a Cluster whose nodes reconnect',
      clusterOf({ retryDelayOnFailover, clusterNodeRetryStrategy }),
      '{ redisOptions: { maxRetriesPerRequest: 0 } }',
    ],
    ['a sentinel of redis', createSentinel({ name: 'master', sentinelRootNodes: [{ host: '', port: 1 }] }), 'Sentinel'],
  ])('%s', (_, client, advice) => {
    expect(() => redisStore(client, { prefix })).toThrow(TypeError);
    expect(() => redisStore(client, { prefix })).toThrow(advice);
  });

  const nodes = { clusterNodeRetryStrategy, redisOptions: { maxRetriesPerRequest: 0 } };
  test.each<[name: string, client: Ioredis | NodeRedis]>([
    ['a Redis', new Redis({ lazyConnect, maxRetriesPerRequest: 0 })],
    ['a Cluster', clusterOf({ retryDelayOnFailover })],
    ['a Cluster whose nodes reconnect', clusterOf({ retryDelayOnFailover, ...nodes })],
    ['a client of redis', createClient()],
    ['a cluster of redis', createCluster({ rootNodes: [] })],
    ['a pool of redis', createClientPool()],
  ])('but not %s that does not', (_, client) => {
    expect(() => redisStore(client, { prefix })).not.toThrow();
  });
});

describe.skipIf(!server).each(drivers)('%s', (_, open) => {
  let connection: Open;
  let store: VersionedStore<string, string>;
  const admin = openIoredis(port).client;
  beforeAll(async () => {
    connection = await open(port);
    store = redisStore(connection.client, { prefix });
  });
  afterAll(() => {
    admin.disconnect();
    connection.close();
  });

  test('passes an error of the server on: nothing was run', async () => {
    await admin.set('notes:text', 'of another program');
    await expect(store.put('text', 'mine', any)).rejects.toThrow('WRONGTYPE');
    await expect(store.delete('text', any)).rejects.toThrow('WRONGTYPE');
    expect(await admin.get('notes:text')).toBe('of another program');
  });

  test('passes on that there is no memory, and nothing was written; a delete needs none', async () => {
    await store.put('full', 'old', any);
    await admin.config('SET', 'maxmemory', 1);
    await expect(store.put('full', 'new', any)).rejects.toThrow('OOM');
    expect(await store.get('full')).toMatchObject({ value: 'old' });
    expect(await store.delete('full', any)).toEqual({ kind: 'deleted' });
    await admin.config('SET', 'maxmemory', 0);
  });

  test('passes on that the server is a replica', async () => {
    await admin.replicaof('127.0.0.1', '1');
    await expect(store.put('a', 'new', any)).rejects.toThrow('READONLY');
    await admin.replicaof('NO', 'ONE');
  });
});

describe.skipIf(!server)('a write that was not sent', () => {
  test('by redis, since the client is closed', async () => {
    const { client, close } = await openRedis(port);
    close();
    await expect(redisStore(client, { prefix }).put('a', 1, any)).rejects.toThrow('The client is closed');
  });

  test('by redis, since the client is offline', async () => {
    const client = createClient({ socket: { port: 1, reconnectStrategy: 1000 }, disableOfflineQueue: true });
    const connecting = client.on('error', () => {}).connect();
    await expect(redisStore(client, { prefix }).put('a', 1, any)).rejects.toThrow('The client is offline');
    client.destroy();
    await connecting.catch(() => {});
  });

  test('by ioredis, since nobody listens', async () => {
    const { client, close } = openIoredis(1);
    const put = redisStore(client, { prefix }).put('a', 1, any);
    await expect(put).rejects.toThrow('max retries per request');
    await expect(put).rejects.not.toHaveProperty('code', 'ETAG_OUTCOME_UNKNOWN');
    close();
  });

  test('by ioredis, since the client is offline', async () => {
    const { client, close } = openIoredis(1, { enableOfflineQueue: false });
    await expect(redisStore(client, { prefix }).put('a', 1, any)).rejects.toThrow('enableOfflineQueue');
    close();
  });
});

describe('an error', () => {
  // Minified, and of a class that nobody else has.
  class a extends Error {}
  const rejecting = (error: Error) => {
    const client = openIoredis(1).client;
    client.disconnect();
    const run = () => Promise.reject(error);
    return {
      evalsha: run,
      eval: run,
      hmget: run,
      on: () => {},
      isCluster: false,
      options: client.options,
      status: 'ready',
    };
  };

  test.each([
    "READONLY You can't write against a read only replica.",
    'OOM',
    'ERR value is not an integer or out of range',
  ])('of the server means that nothing was written: %s', async (message) => {
    await expect(redisStore(rejecting(new a(message)), { prefix }).put('a', 1, any)).rejects.toBeInstanceOf(a);
  });

  test.each([
    new a('Connection is closed.'),
    new a('I am closed'),
    new a(''),
    Object.assign(new a('ECONNRESET'), { code: 'ECONNRESET' }),
    new a('C0D0E0:error:0A000126:SSL routines::unexpected eof while reading'),
  ])('of the way there leaves the outcome unknown: %o', async (error) => {
    const put = redisStore(rejecting(error), { prefix }).put('a', 1, any);
    await expect(put).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: error });
  });
});

test.each([undefined, null, {}, 'redis://localhost', Promise.resolve(openIoredis), { get() {}, set() {} }])(
  '%o is not a client',
  (client) => {
    expect(() => redisStore(client as unknown as Ioredis, { prefix })).toThrow(TypeError);
    expect(() => redisStore(client as unknown as Ioredis, { prefix })).toThrow('ioredis');
  },
);

test('the clients of ioredis and redis are accepted as they are', () => {
  expectTypeOf<Redis>().toExtend<Ioredis>();
  expectTypeOf<Cluster>().toExtend<Ioredis>();
  expectTypeOf<ReturnType<typeof createClient>>().toExtend<NodeRedis>();
  expectTypeOf<ReturnType<typeof createCluster>>().toExtend<NodeRedis>();
  expectTypeOf<ReturnType<typeof createClientPool>>().toExtend<NodeRedis>();
});
