import { absent, any, oneOf } from '@etag/core';
import { jetstream } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { killable, startNats, startProxy } from 'servers';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import { testVersionedStore } from '../testing.ts';
import { type NatsKv, natsKvStore } from './index.ts';

// A megabyte is the most that a server takes by default, and a law wants more. The reader may not write values.
const READER = { user: 'reader', pass: 'reader' };
const OWNER = { user: 'owner', pass: 'owner' };
const server = await killable('natsKvStore', () =>
  startNats({
    max_payload: '8MB',
    authorization: `{ users: [
      { user: owner, password: owner },
      { user: reader, password: reader, permissions: { publish: { deny: "$KV.>" } } }
    ] }`,
  }),
);
const servers = server?.url ?? '';
const connection = server && (await connect({ servers, ...OWNER }));
const options = { prefix: 'notes.' };

/** A bucket, as a store wants it opened. */
const bucket = (name: string, settings = {}, nc = connection): Promise<KV> =>
  new Kvm(nc as NonNullable<typeof nc>).create(name, { allow_direct: false, ...settings });

// Without a server, this stand-in is never called: the tests are skipped.
const kv = server ? await bucket('notes') : ({ put() {}, status() {} } as unknown as KV);

afterAll(async () => {
  await connection?.close();
  await server?.stop();
});

describe.skipIf(!server)('natsKvStore', () => {
  testVersionedStore(test, async () => ({ store: natsKvStore(kv, options) }));

  const store = natsKvStore<unknown>(kv, options);

  test('a value is JSON as any client reads it, and its version the revision', async () => {
    const outcome = await store.put('kept', { title: 'é' }, any);
    const entry = await kv.get('notes.kept');
    expect(outcome).toEqual({ kind: 'created', version: `${entry?.revision}`, value: { title: 'é' } });
    expect(entry?.json()).toEqual({ title: 'é' });
  });

  test.each([
    ['a/b-c_9', 'a/b-c_9'],
    ['', '==7E'],
    ['a b', 'a=20b'],
    ['a.b', 'a=2Eb'],
    ['..', '=2E=2E'],
    ['*', '=2A'],
    ['>', '=3E'],
    ['=20', '=3D20'],
    ['é', '=C3=A9'],
  ])('the key %j is %s in the bucket', async (key, name) => {
    await store.put(key, key, any);
    expect((await kv.get(`notes.${name}`))?.json()).toBe(key);
  });

  test('what others write is guarded', async () => {
    const { version } = (await store.put('shared', 1, any)) as { version: string };
    const revision = await kv.put('notes.shared', '2');
    expect(await store.put('shared', 3, oneOf(version))).toMatchObject({ kind: 'stale' });
    expect(await store.get('shared')).toMatchObject({ version: `${revision}`, value: 2 });
  });

  test.each(['delete', 'purge'] as const)('a marker that another client left by %s is nothing', async (by) => {
    await store.put('marked', 1, any);
    await kv[by]('notes.marked');
    const marker = `${(await kv.get('notes.marked'))?.revision}`;
    expect(await store.get('marked')).toBeNull();
    // The server would take its revision for that of a value.
    expect(await store.put('marked', 2, oneOf(marker))).toMatchObject({ kind: 'missing' });
    expect(await store.delete('marked', oneOf(marker))).toMatchObject({ kind: 'missing' });
    expect(await store.put('marked', 2, any)).toMatchObject({ kind: 'created' });
  });

  test('a value that expired is nothing, and no revision comes back', async () => {
    const short = await bucket('short', { ttl: 500 });
    const expiring = natsKvStore<number>(short, options);
    const { version } = (await expiring.put('a', 1, absent)) as { version: string };
    await expect.poll(() => expiring.get('a'), { timeout: 10_000 }).toBeNull();
    expect(await expiring.put('a', 2, oneOf(version))).toMatchObject({ kind: 'missing' });
    expect(await expiring.put('a', 2, absent)).toMatchObject({ kind: 'created', version: '2' });
  });

  test.each(['0', '00', '-1', '1.0', ' 1', '9'.repeat(30)])('the version %j matches nothing', async (version) => {
    await store.put('strange', 'kept', any);
    expect(await store.put('strange', 'lost', oneOf(version))).toMatchObject({ kind: 'stale' });
    expect(await store.put('nothing', 'lost', oneOf(version))).toMatchObject({ kind: 'missing' });
  });

  test.each(['', 'plain text'])('a value of another program, %j, is an error that names the key', async (text) => {
    await kv.put('notes.theirs', text);
    await expect(store.get('theirs')).rejects.toThrow('"theirs"');
    expect(await store.put('theirs', 1, any)).toMatchObject({ kind: 'updated' });
  });

  test.each([undefined, () => {}, 1n])('%s is not a JSON value', async (value) => {
    await expect(store.put('a', value, any)).rejects.toThrow(TypeError);
  });
});

describe.skipIf(!server)('a bucket that is refused', () => {
  test('may be read from a replica that lags behind', async () => {
    const direct = await bucket('direct', { allow_direct: true });
    expect(() => natsKvStore(direct, options)).toThrow('allow_direct: false');
  });

  test('is kept in memory', async () => {
    const store = natsKvStore(await bucket('volatile', { storage: 'memory' }), options);
    await expect(store.get('a')).rejects.toThrow('StorageType.File');
    await expect(store.put('a', 1, absent)).rejects.toThrow('StorageType.File');
  });

  test('mirrors another', async () => {
    const store = natsKvStore(await bucket('copy', { mirror: { name: 'notes' } }), options);
    await expect(store.put('a', 1, absent)).rejects.toThrow('mirrors');
  });

  test.each([undefined, {}, 'kv', Promise.resolve()])('is not one: %o', (other) => {
    expect(() => natsKvStore(other as never, options)).toThrow('kvm.create()');
  });

  test.each(['.notes', 'a..b', 'notes*', '>', 'a b', 'é'])('has keys that NATS does not take: %j', (prefix) => {
    expect(() => natsKvStore(kv, { prefix })).toThrow('Not a prefix');
  });
});

describe.skipIf(!server)('a failure', () => {
  const unknown = { code: 'ETAG_OUTCOME_UNKNOWN' };

  test('a value that is too large is the error of NATS', async () => {
    const store = natsKvStore(kv, options);
    await expect(store.put('large', 'x'.repeat(9_000_000), absent)).rejects.toThrow('max_payload');
    expect(await store.get('large')).toBeNull();
  });

  test.each([{ maxValueSize: 10 }, { max_bytes: 200 }])(
    'a bucket without room, %o, is the error of NATS',
    async (limit) => {
      const small = await bucket(`small-${Object.keys(limit)}`, limit);
      const store = natsKvStore(small, options);
      await expect(store.put('a', 'x'.repeat(1000), absent)).rejects.toMatchObject({ name: 'JetStreamApiError' });
      expect(await store.get('a')).toBeNull();
    },
  );

  test('a user that may not write is told so', async () => {
    const reader = await connect({ servers, ...READER });
    try {
      const store = natsKvStore<unknown>(await bucket('notes', {}, reader), options);
      await expect(store.put('denied', 1, absent)).rejects.toThrow('Permissions Violation');
      expect(await store.get('denied')).toBeNull();
    } finally {
      await reader.close();
    }
  });

  test('a bucket that was destroyed, and a connection that was closed, are the errors of NATS', async () => {
    const other = await connect({ servers, ...OWNER });
    const gone = await bucket('gone', {}, other);
    const store = natsKvStore<unknown>(gone, options);
    await store.put('a', 1, any);
    await gone.destroy();
    await expect(store.put('a', 1, any)).rejects.toThrow('stream not found');
    await other.close();
    await expect(store.put('a', 1, any)).rejects.toMatchObject({ name: 'ClosedConnectionError' });
  });

  test('a write whose answer is lost has an unknown outcome, and is not sent again', async () => {
    const proxy = await startProxy(server?.port ?? 0);
    const other = await connect({ servers: `127.0.0.1:${proxy.port}`, reconnectTimeWait: 10, ...OWNER });
    try {
      const losing = await new Kvm(jetstream(other, { timeout: 1000 })).open('notes');
      const store = natsKvStore<unknown>(losing, options);
      await store.get('lost');
      proxy.loseAnswers(1, (bytes) => bytes.includes('HPUB $KV.notes.notes.lost'));
      await expect(store.put('lost', 1, absent)).rejects.toMatchObject(unknown);
      const found = await store.get('lost');
      expect(found).toMatchObject({ value: 1 });
      expect(await natsKvStore(kv, options).get('lost')).toEqual(found);
    } finally {
      await other.close();
      await proxy.close();
    }
  }, 20_000);

  test('a connection that is closed on the way has an unknown outcome', async () => {
    const other = await connect({ servers, ...OWNER });
    const closing = await bucket('notes', {}, other);
    const put: KV['put'] = async (...sent) => {
      const putting = closing.put(...sent);
      await other.close();
      return await putting;
    };
    const store = natsKvStore(Object.assign(Object.create(closing), { put }) as NatsKv, options);
    await expect(store.put('closing', 1, any)).rejects.toMatchObject(unknown);
  });
});

test('a KV of @nats-io/kv is accepted as it is', () => {
  expectTypeOf<KV>().toExtend<NatsKv>();
});

/** The bucket, with other writes than it is asked for. */
function altered(alteration: Partial<NatsKv> = {}): NatsKv {
  return {
    get: (key) => kv.get(key),
    put: (key, value, last) => kv.put(key, value, last),
    delete: (key, last) => kv.delete(key, last),
    status: () => kv.status(),
    ...alteration,
  };
}

describe.skipIf(!server)('the contract catches a store that', () => {
  const storeOf = (alteration?: Partial<NatsKv>) => natsKvStore<unknown>(altered(alteration), options);
  const unmarked = async (key: string) => {
    const entry = await kv.get(key);
    return entry && { revision: entry.revision, operation: 'PUT', string: () => entry.string() || 'null' };
  };

  test.each<[mutation: string, law: string, alteration: Partial<NatsKv>]>([
    ['drops the sequence', 'of 32 updates', { put: (key, value) => kv.put(key, value) }],
    ['creates over what came first', 'of 32 creations', { put: (key, value) => kv.put(key, value) }],
    ['deletes whatever is there', 'of 32 deletes', { delete: (key) => kv.delete(key) }],
    ['takes a marker for a value', 'put expecting absent', { get: unmarked }],
    [
      'takes a refusal for a success',
      'of 32 updates',
      { put: (key, value, last) => kv.put(key, value, last).catch(() => last.previousSeq + 1) },
    ],
    [
      'gives a revision of its own',
      'what a write returns',
      { put: async (key, value, last) => (await kv.put(key, value, last)) + 1 },
    ],
  ])('%s', async (_, law, alteration) => {
    expect(await brokenLaws(storeOf(), law)).toEqual([]);
    expect(await brokenLaws(storeOf(alteration), law)).not.toEqual([]);
  });
});

// The last one: the other connection takes its time to come back.
test.skipIf(!server)(
  'a server that is killed keeps what it acknowledged',
  async () => {
    const { version } = (await natsKvStore<unknown>(kv, options).put('killed', 1, any)) as { version: string };
    await server?.kill();
    await server?.restart();
    const other = await connect({ servers, ...OWNER });
    const restarted = natsKvStore<unknown>(await bucket('notes', {}, other), options);
    expect(await restarted.get('killed')).toMatchObject({ version });
    expect(await restarted.put('killed', 2, oneOf(version))).toMatchObject({ kind: 'updated' });
    await other.close();
  },
  60_000,
);
