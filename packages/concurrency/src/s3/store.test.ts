import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { absent, any, oneOf } from '@etag/core';
import { startProxy } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorkerd, type Workerd } from '../../test/workerd.ts';
import { testVersionedStore } from '../testing.ts';
import { s3Store } from './index.ts';

// The client is that of the AWS SDK. What answers it is R2 in workerd, behind the Worker in test/worker.ts that speaks S3:
// S3 itself was not asked.
const account = { region: 'auto', credentials: { accessKeyId: 'a', secretAccessKey: 's' }, forcePathStyle: true };
const options = { bucket: 'notes', prefix: 'notes/' };

let workerd: Workerd;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let client: S3Client;
beforeAll(async () => {
  workerd = await startWorkerd();
  proxy = await startProxy(workerd.port);
  client = new S3Client({ ...account, endpoint: workerd.url });
});
afterAll(async () => {
  client.destroy();
  await proxy.close();
  await workerd.stop();
});

/** Thousands of requests one after the other. r2Store, which stamps its objects alike, is tested for these. */
const isLong = (name: string) => name.includes('1,000 writes');

describe('the contract', () => {
  let store: ReturnType<typeof s3Store>;
  testVersionedStore(
    (name, run) => !isLong(name) && test(name, run, 120_000),
    async () => {
      // The look before the first write is done once a store.
      store ??= s3Store(client, options);
      return { store };
    },
  );
});

test('a value is an object of JSON, and its version the ETag', async () => {
  const outcome = await s3Store<unknown>(client, options).put('2026/a.json', { title: 'é' }, any);
  const object = await client.send(new GetObjectCommand({ Bucket: 'notes', Key: 'notes/2026/a.json' }));
  expect(`"${'version' in outcome && outcome.version}"`).toBe(object.ETag);
  expect(JSON.parse((await object.Body?.transformToString()) ?? '')).toEqual({ title: 'é' });
});

test('the same value has another version: A, B, A is three of them', async () => {
  const store = s3Store<string>(client, options);
  const versions = new Set<string>();
  for (const value of ['A', 'B', 'A']) {
    const outcome = await store.put('aba', value, any);
    versions.add('version' in outcome ? outcome.version : '');
  }
  expect(versions.size).toBe(3);
});

// If-Match: * holds for every object, and a list for each of its tags.
test.each(['*', '", "', 'a", "b'])('the version %s matches nothing', async (version) => {
  const store = s3Store<string>(client, options);
  await store.put('strange', 'kept', any);
  expect(await store.put('strange', 'lost', oneOf(version))).toMatchObject({ kind: 'stale' });
  expect(await store.delete('strange', oneOf(version))).toMatchObject({ kind: 'stale' });
});

describe('a client with the retries that it has by default', () => {
  const open = () => s3Store<string>(new S3Client({ ...account, endpoint: urlOf(proxy.port) }), options);
  const isWrite = (bytes: Buffer) => bytes.toString('latin1').startsWith('PUT ');

  test('sends a write once: where its answer is lost, its outcome is unknown, not stale', async () => {
    const store = open();
    const { version } = (await store.put('lost', 'old', any)) as { version: string };
    proxy.loseAnswers(1, isWrite);
    await expect(store.put('lost', 'new', oneOf(version))).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(await store.get('lost')).toMatchObject({ value: 'new' });
  });

  test('reads go on', async () => {
    const store = open();
    await store.put('read', 'kept', any);
    proxy.loseAnswers(1);
    expect(await store.get('read')).toMatchObject({ value: 'kept' });
  });
});

const urlOf = (port: number) => `http://127.0.0.1:${port}`;

test('where nobody listens, nothing was sent', async () => {
  const { port, close } = await startProxy(0);
  await close();
  const store = s3Store(new S3Client({ ...account, endpoint: urlOf(port) }), options);
  await expect(store.put('a', 1, absent)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A client of a server that evaluates conditions, but for its answers to writes of `a`. */
function answering(status: number, code: string) {
  let writes = 0;
  const failing = new S3Client({
    ...account,
    requestHandler: {
      async handle({ method, path, headers }: Sent) {
        if (method === 'HEAD') return { response: answer(404, '') };
        if (!path.endsWith('/a')) return { response: answer(412, 'PreconditionFailed') };
        writes++;
        expect(headers['if-none-match']).toBe('*');
        return { response: answer(status, code) };
      },
    } as never,
  });
  return { store: s3Store(failing, options), writes: () => writes };
}

const answer = (statusCode: number, code: string) => ({
  statusCode,
  headers: { 'content-type': 'application/xml' },
  body: new TextEncoder().encode(code && `<Error><Code>${code}</Code></Error>`),
});

test('an error of the server leaves the outcome unknown, and the write is not sent again', async () => {
  const { store, writes } = answering(500, 'InternalError');
  await expect(store.put('a', 1, absent)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
  expect(writes()).toBe(1);
});

test.each([
  [403, 'AccessDenied'],
  [404, 'NoSuchBucket'],
  [503, 'SlowDown'],
])('%i %s comes through: nothing was written', async (status, code) => {
  const { store } = answering(status, code);
  await expect(store.put('a', 1, absent)).rejects.toMatchObject({ name: code });
});

test('409 is tried again, and contended in the end', async () => {
  const { store, writes } = answering(409, 'ConditionalRequestConflict');
  expect(await store.put('a', 1, absent)).toEqual({ kind: 'contended' });
  expect(writes()).toBe(10);
});

test.each(['if-match', 'if-none-match'])(
  'a server that ignores %s is refused before the first write',
  async (field) => {
    const paths: string[] = [];
    const ignoring = new S3Client({
      ...account,
      requestHandler: {
        async handle({ path, headers }: Sent) {
          paths.push(path);
          if (!(field in headers)) return { response: answer(412, 'PreconditionFailed') };
          return { response: { ...answer(200, ''), headers: { etag: '"1"' } } };
        },
      } as never,
    });
    const store = s3Store(ignoring, options);
    await expect(store.put('a', 1, absent)).rejects.toThrow('ignores If-Match');
    expect(paths.some((path) => path.endsWith('/a'))).toBe(false);
  },
);

test('an object without a tag in its answer leaves the outcome unknown', async () => {
  const bare = new S3Client({
    ...account,
    requestHandler: {
      async handle({ path }: Sent) {
        return { response: path.endsWith('/a') ? answer(200, '') : answer(412, 'PreconditionFailed') };
      },
    } as never,
  });
  await expect(s3Store(bare, options).put('a', 1, absent)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
});

test('an object of another program that is not JSON is an error that names the key', async () => {
  const theirs = new PutObjectCommand({ Bucket: 'notes', Key: 'notes/theirs', Body: 'plain text', IfNoneMatch: '*' });
  await client.send(theirs);
  const store = s3Store<string>(client, options);
  await expect(store.get('theirs')).rejects.toThrow('"theirs"');
  expect(await store.put('theirs', 'ours', any)).toMatchObject({ kind: 'updated' });
});

test.each([undefined, () => {}])('%s is not a JSON value', async (value) => {
  await expect(s3Store(client, options).put('a', value, any)).rejects.toThrow(TypeError);
});

test.each([undefined, {}, 'client', Promise.resolve()])('%o is not a client', (other) => {
  expect(() => s3Store(other as never, options)).toThrow(TypeError);
});
