import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { absent, any, oneOf } from '@etag/core';
import { type Server, startDynalite, startProxy } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testVersionedStore } from '../testing.ts';
import { dynamodbStore } from './index.ts';

const account = { region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 's' } };
const options = { table: 'notes', prefix: 'note#' };

let server: Server;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let client: DynamoDBClient;

beforeAll(async () => {
  server = await startDynalite();
  proxy = await startProxy(Number(new URL(server.url).port));
  client = new DynamoDBClient({ ...account, endpoint: server.url });
  await client.send(
    new CreateTableCommand({
      TableName: 'notes',
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});
afterAll(async () => {
  client.destroy();
  await proxy.close();
  await server.stop();
});

/** A value may have 400 KB, which the test below is about. */
const TOO_LARGE = 'a value comes back as it was put: a megabyte';

describe('the contract', () => {
  testVersionedStore(
    (name, run) => name !== TOO_LARGE && test(name, run),
    async () => ({ store: dynamodbStore(client, options) }),
  );
});

test('an item that is too large is the error of DynamoDB, and nothing is written', async () => {
  const store = dynamodbStore<string>(client, options);
  await store.put('large', 'kept', any);
  await expect(store.put('large', 'x'.repeat(500_000), any)).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await store.get('large')).toMatchObject({ value: 'kept' });
});

test('an item is the key, the version and JSON; what else it has is left alone', async () => {
  const key = { key: { S: 'note#shape' } };
  await client.send(
    new PutItemCommand({
      TableName: 'notes',
      Item: { ...key, version: { S: 'v1' }, value: { S: '1' }, expires: { N: '7' } },
    }),
  );
  const store = dynamodbStore<unknown>(client, options);
  const outcome = await store.put('shape', { title: 'é' }, oneOf('v1'));
  const { Item } = await client.send(new GetItemCommand({ TableName: 'notes', Key: key }));
  expect(Item).toEqual({
    ...key,
    version: { S: 'version' in outcome && outcome.version },
    value: { S: '{"title":"é"}' },
    expires: { N: '7' },
  });
});

test('an item of another program, without a version, is an error', async () => {
  await client.send(new PutItemCommand({ TableName: 'notes', Item: { key: { S: 'note#theirs' } } }));
  const store = dynamodbStore<unknown>(client, options);
  await expect(store.state('theirs')).rejects.toThrow(TypeError);
  await expect(store.get('theirs')).rejects.toThrow('"theirs"');
  expect(await store.put('theirs', 1, any)).toMatchObject({ kind: 'updated' });
});

describe('a client with the retries that it has by default', () => {
  const open = () => dynamodbStore<string>(new DynamoDBClient({ ...account, endpoint: urlOf(proxy.port) }), options);
  const isWrite = (bytes: Buffer) => /DynamoDB_20120810\.(Update|Delete)Item/i.test(bytes.toString('latin1'));

  test('sends a put once: where its answer is lost, its outcome is unknown, not stale', async () => {
    const store = open();
    const { version } = (await store.put('lost', 'old', any)) as { version: string };
    proxy.loseAnswers(1, isWrite);
    await expect(store.put('lost', 'new', oneOf(version))).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(await store.get('lost')).toMatchObject({ value: 'new' });
  });

  test('and a delete', async () => {
    const store = open();
    await store.put('gone', 'old', any);
    proxy.loseAnswers(1, isWrite);
    await expect(store.delete('gone', any)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(await store.get('gone')).toBeNull();
  });

  test('reads go on', async () => {
    const store = open();
    await store.put('read', 'kept', any);
    proxy.loseAnswers(1);
    expect(await store.get('read')).toMatchObject({ value: 'kept' });
  });
});

const urlOf = (port: number) => `http://127.0.0.1:${port}`;

describe('what was never sent is the error as it is', () => {
  test('nobody listens', async () => {
    const { port, close } = await startProxy(0);
    await close();
    const store = dynamodbStore(new DynamoDBClient({ ...account, endpoint: urlOf(port) }), options);
    await expect(store.put('a', 1, absent)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('there are no credentials', async () => {
    const credentials = () => Promise.reject(new Error('no credentials'));
    const store = dynamodbStore(new DynamoDBClient({ ...account, endpoint: server.url, credentials }), options);
    await expect(store.put('a', 1, absent)).rejects.toThrow('no credentials');
  });

  test('there is no such table', async () => {
    const store = dynamodbStore(client, { ...options, table: 'nowhere' });
    await expect(store.put('a', 1, absent)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

/** A client whose writes are answered with an error. */
function answering(name: string, httpStatusCode: number) {
  let writes = 0;
  const failing = new DynamoDBClient({
    ...account,
    requestHandler: {
      async handle(request: { headers: Record<string, string> }) {
        if (request.headers['x-amz-target']?.endsWith('GetItem')) return { response: answer(200, {}) };
        writes++;
        return { response: answer(httpStatusCode, { __type: `com.amazonaws.dynamodb.v20120810#${name}` }) };
      },
    } as never,
  });
  return { store: dynamodbStore(failing, options), writes: () => writes };
}

const answer = (statusCode: number, body: object) => ({
  statusCode,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: new TextEncoder().encode(JSON.stringify(body)),
});

test('an error of the server leaves the outcome unknown, and the write is not sent again', async () => {
  const { store, writes } = answering('InternalServerError', 500);
  await expect(store.put('a', 1, absent)).rejects.toMatchObject({
    code: 'ETAG_OUTCOME_UNKNOWN',
    cause: { name: 'InternalServerError' },
  });
  expect(writes()).toBe(1);
});

test('a throttled write was not done: the SDK tries again, then its error comes through', async () => {
  const { store, writes } = answering('ProvisionedThroughputExceededException', 400);
  await expect(store.put('a', 1, absent)).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  expect(writes()).toBeGreaterThan(1);
});

test('an item that a transaction has is tried again, and contended in the end', async () => {
  const { store, writes } = answering('TransactionConflictException', 400);
  expect(await store.put('a', 1, absent)).toEqual({ kind: 'contended' });
  expect(writes()).toBe(10);
});

test.each([undefined, () => {}])('%s is not a JSON value', async (value) => {
  await expect(dynamodbStore(client, options).put('a', value, any)).rejects.toThrow(TypeError);
});

test.each([undefined, {}, 'client', Promise.resolve()])('%o is not a client', (other) => {
  expect(() => dynamodbStore(other as never, options)).toThrow(TypeError);
});
