import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absent, any, exists, oneOf } from '@etag/core';
import { type Client, createClient, type Transaction } from '@libsql/client';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import type { TransactionalStore, VersionedStore } from '../store.ts';
import { testVersionedStore } from '../testing.ts';
import { type LibsqlClient, libsqlStore, sqliteTable } from './index.ts';

const options = { table: 'notes' };
const folder = mkdtempSync(join(tmpdir(), 'concurrency-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const clients: Client[] = [];
afterAll(() => clients.forEach((client) => void client.close()));
const open = async (url = `file:${join(folder, `${files++}.db`)}`) => {
  const client = createClient({ url });
  clients.push(client);
  await client.executeMultiple(sqliteTable(options));
  return client;
};

/** A store that transacts for every call. */
function transacting<T>(store: TransactionalStore<string, T, unknown>): VersionedStore<string, T> {
  return {
    get: (key, call) => store.transact((inside) => inside.get(key, call), call),
    state: (key, call) => store.transact((inside) => inside.state(key, call), call),
    put: (key, ...rest) => store.transact((inside) => inside.put(key, ...rest), rest[2]),
    delete: (key, ...rest) => store.transact((inside) => inside.delete(key, ...rest), rest[1]),
  };
}

/** A file stays locked for @libsql/client once it found it busy, which is why `sqliteStore` is for files. */
function onFile(name: string, run: () => Promise<void>): void {
  test.skipIf(name === 'a write that waits for a transaction ends with its signal')(name, run);
}

describe('the contract', () => {
  describe('in memory', () =>
    testVersionedStore(test, async () => ({ store: libsqlStore(await open(':memory:'), options) })));
  describe('on a file', () => testVersionedStore(onFile, async () => ({ store: libsqlStore(await open(), options) })));
  describe('in memory, each call in a transaction of its own', () =>
    testVersionedStore(test, async () => ({ store: transacting(libsqlStore(await open(':memory:'), options)) })));
  describe('on a file, each call in a transaction of its own', () =>
    testVersionedStore(test, async () => ({ store: transacting(libsqlStore(await open(), options)) })));
});

describe('another client holds the lock of the file', () => {
  async function two() {
    const url = `file:${join(folder, `${files++}.db`)}`;
    const [mine, other] = [await open(url), await open(url)];
    const [store, theirs] = [libsqlStore<number>(mine, options), libsqlStore<number>(other, options)];
    await store.put('a', 0, any);
    return { store, theirs, mine, other };
  }

  test('a write is contended when that lasts, and nothing is written', async () => {
    const { store, theirs, other } = await two();
    const lock = await other.transaction('write');
    expect(await store.put('a', 1, exists)).toEqual({ kind: 'contended' });
    await lock.rollback();
    expect(await theirs.get('a')).toMatchObject({ value: 0 });
  });

  test('a commit that finds a reader is rolled back', async () => {
    const { store, theirs, mine, other } = await two();
    await mine.execute('PRAGMA journal_mode = DELETE');
    const reader = await other.transaction('read');
    await reader.execute('SELECT * FROM notes');
    expect(await store.put('a', 1, exists)).toEqual({ kind: 'contended' });
    await reader.rollback();
    expect(await theirs.get('a')).toMatchObject({ value: 0 });
  });

  test('what is written afterwards is committed, or contended as long as the driver cannot commit', async () => {
    const { store, theirs, other } = await two();
    const lock = await other.transaction('write');
    await store.put('a', 1, exists);
    await lock.rollback();
    const { kind } = await store.put('a', 2, exists);
    expect(await theirs.get('a')).toMatchObject({ value: kind === 'contended' ? 0 : 2 });
  });
});

describe('transact', () => {
  const opened = async () => {
    const client = await open();
    return { client, store: libsqlStore<number, Transaction>(client, options) };
  };

  test('commits what was written through the store and through the transaction', async () => {
    const { store, client } = await opened();
    const outcome = await store.transact(async (inside, transaction) => {
      await transaction.execute("INSERT INTO notes VALUES ('b', 'v', 0, '2')");
      expect(await client.execute('SELECT * FROM notes')).toMatchObject({ rows: [] });
      return inside.put('a', 1, absent);
    });
    expect(outcome).toMatchObject({ kind: 'created' });
    expect(await store.get('a')).toMatchObject({ value: 1 });
    expect(await store.get('b')).toMatchObject({ value: 2 });
  });

  test('rolls all of it back when the work throws', async () => {
    const { store } = await opened();
    const work = store.transact(async (inside) => {
      await inside.put('a', 1, absent);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await store.get('a')).toBeNull();
  });

  test('an aborted signal rolls it back, whatever the work waits for; its store is of no use then', async () => {
    const { store } = await opened();
    const controller = new AbortController();
    const reason = new Error('went away');
    let leaked: VersionedStore<string, number> | undefined;
    const work = store.transact(
      async (inside) => {
        leaked = inside;
        await inside.put('a', 1, absent);
        controller.abort(reason);
        await new Promise(() => {});
      },
      { signal: controller.signal },
    );
    await expect(work).rejects.toBe(reason);
    await expect(leaked?.put('a', 2, any)).rejects.toMatchObject({ code: 'TRANSACTION_CLOSED' });
    expect(await store.get('a')).toBeNull();
  });

  test('a commit whose answer is lost leaves the outcome unknown', async () => {
    const { client, store } = await opened();
    const lost = Object.assign(new Error('fetch failed'), { code: 'HRANA_WEBSOCKET_ERROR' });
    const losing: LibsqlClient = {
      execute: (statement) => client.execute(statement),
      batch: (statements, mode) => client.batch(statements, mode),
      async transaction(mode) {
        const transaction = await client.transaction(mode);
        return {
          execute: (statement) => transaction.execute(statement),
          rollback: () => transaction.rollback(),
          commit: () => transaction.commit().then(() => Promise.reject(lost)),
        };
      },
    };
    const work = libsqlStore<number>(losing, options).transact((inside) => inside.put('a', 1, absent));
    await expect(work).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: lost });
    expect(await store.get('a')).toMatchObject({ value: 1 });
  });
});

test('a transaction of the caller decides about what is written', async () => {
  const client = await open();
  const outside = libsqlStore<number>(client, options);
  for (const end of ['commit', 'rollback'] as const) {
    const transaction = await client.transaction('write');
    await libsqlStore<number>(transaction, options).put(end, 1, absent);
    expect(await outside.get(end)).toBeNull();
    await transaction[end]();
  }
  expect(await outside.get('commit')).toMatchObject({ value: 1 });
  expect(await outside.get('rollback')).toBeNull();
});

test('a table that is there already gets what the store needs from sqliteTable()', async () => {
  interface Note {
    title: string;
    stars: number | null;
  }
  const existing = { table: 'existing', key: 'id', columns: ['title', 'stars'] } as const;
  const client = await open(':memory:');
  await client.executeMultiple(`CREATE TABLE existing (id TEXT PRIMARY KEY, title TEXT UNIQUE, stars INTEGER);
    INSERT INTO existing VALUES ('1', 'old', NULL);
    ${sqliteTable<Note>(existing)}`);
  const store = libsqlStore<Note>(client, existing);
  const { version = '' } = (await store.get('1')) ?? {};
  await client.execute('UPDATE existing SET stars = 1');
  expect(await store.put('1', { title: 'lost', stars: 5 }, oneOf(version))).toMatchObject({ kind: 'stale' });
  const outcome = await store.put('1', { title: 'new', stars: 5 }, exists);
  expect(outcome).toMatchObject({ kind: 'updated', value: { title: 'new', stars: 5 } });
  expect(await store.get('1')).toMatchObject({ value: { title: 'new', stars: 5 } });
  await expect(store.put('2', { title: 'new', stars: 1 }, absent)).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT' });
});

describe('a remote database', () => {
  test('whose answer to a write is lost leaves its outcome unknown, and the write is not sent again', async () => {
    let requests = 0;
    // It speaks the protocol, says its discovery document, and is gone at the first statement.
    const server = createServer((request, response) => {
      if (request.method === 'GET') return response.end();
      requests++;
      return request.on('end', () => request.socket.destroy()).resume();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    // The look at the table, before the first write, is answered.
    const local = await open(':memory:');
    const db: LibsqlClient = {
      execute: (statement) => local.execute(statement),
      batch: (statements, mode) => client.batch(statements, mode),
      transaction: (mode) => client.transaction(mode),
    };
    const put = libsqlStore<number>(db, options).put('a', 1, absent);
    await expect(put).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(requests).toBe(1);
    client.close();
    server.close();
  });
});

test.each([undefined, {}, 'file:notes.db', { execute() {} }, Promise.resolve()])('%o is not a client', (other) => {
  expect(() => libsqlStore(other as unknown as LibsqlClient, options)).toThrow(TypeError);
  expect(() => libsqlStore(other as unknown as LibsqlClient, options)).toThrow('@libsql/client');
});

test('the clients and transactions of @libsql/client are accepted as they are', () => {
  expectTypeOf<Client>().toExtend<LibsqlClient<Transaction>>();
  expectTypeOf(libsqlStore<number, Transaction>).returns.toExtend<TransactionalStore<string, number, Transaction>>();
});
