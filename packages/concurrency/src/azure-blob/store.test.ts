import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { absent, any, oneOf } from '@etag/core';
import { type Server, startAzurite, startProxy } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testVersionedStore } from '../testing.ts';
import { azureBlobStore } from './index.ts';

// The account that every Azurite has: its key is in Azurite's manual.
const credential = new StorageSharedKeyCredential(
  'devstoreaccount1',
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
);
const options = { prefix: 'notes/' };

let server: Server;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let container: ContainerClient;

const open = (url: string, maxTries?: number) =>
  new ContainerClient(`${url}/notes`, credential, maxTries ? { retryOptions: { maxTries } } : {});
const urlOf = (port: number) => `http://127.0.0.1:${port}/devstoreaccount1`;

beforeAll(async () => {
  server = await startAzurite();
  proxy = await startProxy(Number(new URL(server.url).port));
  container = open(server.url, 1);
  await container.create();
}, 60_000);
afterAll(async () => {
  await proxy.close();
  await server.stop();
});

describe('the contract', () => {
  testVersionedStore(
    (name, run) => test(name, run, 120_000),
    async () => ({ store: azureBlobStore(container, options) }),
  );
});

test('a value is a blob of JSON, its version the ETag, its time Last-Modified', async () => {
  const outcome = await azureBlobStore<unknown>(container, options).put('2026/a.json', { title: 'é' }, any);
  const blob = container.getBlockBlobClient('notes/2026/a.json');
  const { etag, lastModified, contentType } = await blob.getProperties();
  expect(outcome).toMatchObject({ version: etag?.replaceAll('"', ''), modified: lastModified?.getTime() });
  expect(contentType).toBe('application/json');
  expect((await blob.downloadToBuffer()).toString()).toBe('{"title":"é"}');
});

test.each(['*', '", "', '0x"'])('the version %s matches nothing', async (version) => {
  const store = azureBlobStore<string>(container, options);
  await store.put('strange', 'kept', any);
  expect(await store.put('strange', 'lost', oneOf(version))).toMatchObject({ kind: 'stale' });
  expect(await store.delete('strange', oneOf(version))).toMatchObject({ kind: 'stale' });
});

test('a write whose answer is lost has an unknown outcome, and is not sent again', async () => {
  const store = azureBlobStore<string>(open(urlOf(proxy.port), 1), options);
  const { version } = (await store.put('lost', 'old', any)) as { version: string };
  proxy.loseAnswers(1, (bytes) => bytes.toString('latin1').startsWith('PUT '));
  await expect(store.put('lost', 'new', oneOf(version))).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
  expect(await store.get('lost')).toMatchObject({ value: 'new' });
  proxy.loseAnswers(1, (bytes) => bytes.toString('latin1').startsWith('DELETE '));
  await expect(store.delete('lost', any)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
  expect(await store.get('lost')).toBeNull();
});

test.each([undefined, 2, 4])('a client that tries %s times is refused', (maxTries) => {
  expect(() => azureBlobStore(open(server.url, maxTries), options)).toThrow('maxTries: 1');
});

test('where nobody listens, nothing was sent', async () => {
  const { port, close } = await startProxy(0);
  await close();
  const store = azureBlobStore(open(urlOf(port), 1), options);
  await expect(store.put('a', 1, absent)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a container that is not there is the error of Azure', async () => {
  const nowhere = new ContainerClient(`${server.url}/nowhere`, credential, { retryOptions: { maxTries: 1 } });
  await expect(azureBlobStore(nowhere, options).put('a', 1, absent)).rejects.toMatchObject({
    code: 'ContainerNotFound',
  });
});

test('a blob that somebody holds a lease on is the error of Azure', async () => {
  const store = azureBlobStore<string>(container, options);
  const { version } = (await store.put('leased', 'old', any)) as { version: string };
  await container.getBlobClient('notes/leased').getBlobLeaseClient().acquireLease(15);
  await expect(store.put('leased', 'new', oneOf(version))).rejects.toMatchObject({ code: 'LeaseIdMissing' });
});

test('a blob of another program that is not JSON is an error that names the key', async () => {
  await container.getBlockBlobClient('notes/theirs').upload('plain text', 10);
  const store = azureBlobStore<string>(container, options);
  await expect(store.get('theirs')).rejects.toThrow('"theirs"');
  expect(await store.put('theirs', 'ours', any)).toMatchObject({ kind: 'updated' });
});

test.each([undefined, () => {}])('%s is not a JSON value', async (value) => {
  await expect(azureBlobStore(container, options).put('a', value, any)).rejects.toThrow(TypeError);
});

test.each([undefined, {}, 'container', Promise.resolve()])('%o is not a container', (other) => {
  expect(() => azureBlobStore(other as never, options)).toThrow(TypeError);
});
