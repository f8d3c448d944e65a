import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Container, CosmosClient, type CosmosClientOptions, type RequestContext } from '@azure/cosmos';
import { absent, any, oneOf, type VersionedStore } from '@etag/concurrency';
import { testVersionedStore } from '@etag/concurrency/testing';
import { createHttpServer } from '@vercel/cosmosdb-server';
import { startProxy } from 'servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cosmosStore } from './cosmos.ts';
import { keepingJson } from './keeping-json.ts';
import type { Note } from './note.ts';

let server: Server;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let client: CosmosClient;
let container: Container;
let store: VersionedStore<string, Note>;
const note = { title: 'a', text: 'b' };

type Next = (context: RequestContext) => Promise<{ result?: { _etag?: string } }>;

/** Has the server's ETags quoted, as those of Cosmos DB are. */
const quoting = {
  on: 'request',
  async plugin({ headers = {}, ...context }: RequestContext, _: unknown, next: Next) {
    if (headers['If-Match']) headers['If-Match'] = `${headers['If-Match']}`.replaceAll('"', '');
    const response = await next({ headers, ...context });
    if (response.result?._etag) response.result._etag = `"${response.result._etag}"`;
    return response;
  },
};

function clientOf(port: number): CosmosClient {
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    key: 'a2V5',
    connectionPolicy: { enableEndpointDiscovery: false, enableBackgroundEndpointRefreshing: false },
    plugins: [quoting],
  };
  return new CosmosClient(options as CosmosClientOptions);
}

beforeAll(async () => {
  server = createHttpServer({ keepAlive: true });
  server.keepAliveTimeout = 0;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  proxy = await startProxy((server.address() as AddressInfo).port);
  client = clientOf(proxy.port);
  const { database } = await client.databases.createIfNotExists({ id: 'test' });
  ({ container } = await database.containers.createIfNotExists({ id: 'notes', partitionKey: '/id' }));
  store = cosmosStore<Note>(container);
});
afterAll(async () => {
  client.dispose();
  await proxy.close();
  server.close();
});

/** Keys of all characters, of which an id has not all. */
const OF_ALL_KEYS = ['keys are compared character by character', 'a key may be anything that is Unicode'];

testVersionedStore(
  (name, run) => OF_ALL_KEYS.includes(name) || test(name, run),
  async () => ({ store: keepingJson(store) }),
);

test('an item is the value beside its id', async () => {
  await store.put('shape', { ...note, id: 'another', _etag: 'forged' } as Note, absent);
  const { resource } = await container.item('shape', 'shape').read();
  expect(resource).toMatchObject({ ...note, id: 'shape' });
  expect(await store.get('shape')).toMatchObject({ value: note });
});

test('a write of another program is noticed', async () => {
  const { version } = (await store.put('theirs', note, absent)) as { version: string };
  await container.item('theirs', 'theirs').replace({ ...note, id: 'theirs', text: 'of theirs' });
  expect(await store.put('theirs', note, oneOf(version))).toMatchObject({ kind: 'stale' });
  expect(await store.get('theirs')).toMatchObject({ value: { text: 'of theirs' } });
});

test('a write whose answer is lost is sent once, and its outcome is unknown', async () => {
  const { version } = (await store.put('lost', note, absent)) as { version: string };
  proxy.loseAnswers(1, (bytes) => bytes.toString('latin1').startsWith('PUT '));
  const put = store.put('lost', { ...note, title: 'written' }, oneOf(version));
  await expect(put).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
  expect(await store.get('lost')).toMatchObject({ value: { title: 'written' } });
});

test('a text that cannot be an id is the key of nothing', async () => {
  for (const key of ['', 'a/b', 'a?', 'a#b', 'a ', 'x'.repeat(256)]) {
    expect(await store.get(key)).toBeNull();
    expect(await store.put(key, note, oneOf('1'))).toMatchObject({ kind: 'missing' });
    await expect(store.put(key, note, any)).rejects.toThrow(TypeError);
  }
});

test('where nobody listens, nothing was written', async () => {
  const { port, close } = await startProxy(0);
  await close();
  const nowhere = clientOf(port);
  const put = cosmosStore<Note>(nowhere.database('test').container('notes')).put('1', note, absent);
  await expect(put).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  nowhere.dispose();
});
