import { absent, any } from '@etag/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorkerd, type Workerd } from '../../test/workerd.ts';
import { testVersionedStore } from '../testing.ts';
import { type R2, r2Store } from './index.ts';

/** What the tests themselves ask of the binding. */
type Bucket = R2 & {
  put(name: string, content: string): Promise<unknown>;
};

const options = { prefix: 'notes/' };

let workerd: Workerd;
let bucket: Bucket;
beforeAll(async () => {
  workerd = await startWorkerd();
  bucket = (await workerd.miniflare.getR2Bucket('BUCKET')) as unknown as Bucket;
});
afterAll(() => workerd.stop());

describe('the contract, in workerd', () => {
  testVersionedStore(
    (name) =>
      test(name, async () => {
        const response = await workerd.miniflare.dispatchFetch(`${workerd.url}/law`, { method: 'POST', body: name });
        expect(await response.text()).toBe('kept');
      }, 120_000),
    () => Promise.reject(new Error('The laws are run by the Worker')),
  );
});

test('a value is an object of JSON, its version the etag, its time that of the upload', async () => {
  const outcome = await r2Store<unknown>(bucket, options).put('2026/a.json', { title: 'é' }, any);
  const object = await bucket.get('notes/2026/a.json');
  expect(outcome).toMatchObject({ kind: 'created', version: object?.etag, modified: object?.uploaded.getTime() });
  expect(JSON.parse((await object?.text()) ?? '')).toEqual({ title: 'é' });
  expect(object).toMatchObject({ httpMetadata: { contentType: 'application/json' } });
});

test('the same value has another version: A, B, A is three of them', async () => {
  const store = r2Store<string>(bucket, options);
  const versions = new Set<string>();
  for (const value of ['A', 'B', 'A']) {
    const outcome = await store.put('aba', value, any);
    versions.add('version' in outcome ? outcome.version : '');
  }
  expect(versions.size).toBe(3);
});

test('a deleted value is an object that says so, and is written over', async () => {
  const store = r2Store<string>(bucket, options);
  await store.put('gone', 'old', any);
  await store.delete('gone', any);
  const left = await bucket.head('notes/gone');
  expect(left?.customMetadata).toEqual({ 'etag-deleted': 'true' });
  expect(await store.get('gone')).toBeNull();
  expect(await store.delete('gone', any)).toMatchObject({ kind: 'missing' });
  expect(await store.put('gone', 'new', absent)).toMatchObject({ kind: 'created' });
});

test('an object of another program that is not JSON is an error that names the key', async () => {
  const store = r2Store<string>(bucket, options);
  await bucket.put('notes/theirs', 'plain text');
  await expect(store.get('theirs')).rejects.toThrow('"theirs"');
  expect(await store.put('theirs', 'ours', any)).toMatchObject({ kind: 'updated' });
});

/** The bucket, but for what becomes of the answer to a write. */
function losing(answer: () => Promise<never>): R2 {
  return {
    head: (name) => bucket.head(name),
    get: (name) => bucket.get(name),
    put: (...args) => bucket.put(...args).then(answer),
  };
}

test('a write whose answer is lost has an unknown outcome', async () => {
  const lost = losing(() => Promise.reject(new Error('put: We encountered an internal error. (10001)')));
  await expect(r2Store<number>(lost, options).put('lost', 1, absent)).rejects.toMatchObject({
    code: 'ETAG_OUTCOME_UNKNOWN',
  });
  expect(await r2Store<number>(bucket, options).get('lost')).toMatchObject({ value: 1 });
});

test('what R2 refuses is its error', async () => {
  const message = 'put: The specified bucket does not exist. (10006)';
  const refusing: R2 = { ...losing(() => Promise.reject()), put: () => Promise.reject(new Error(message)) };
  await expect(r2Store<number>(refusing, options).put('refused', 1, any)).rejects.toThrow(message);
});

test('too many writes to one object are contention', async () => {
  const message = 'put: Reduce your concurrent request rate for the same object. (10058)';
  const busy: R2 = { ...losing(() => Promise.reject()), put: () => Promise.reject(new Error(message)) };
  expect(await r2Store<number>(busy, options).put('busy', 1, absent)).toEqual({ kind: 'contended' });
});

test.each([undefined, () => {}])('%s is not a JSON value', async (value) => {
  await expect(r2Store(bucket, options).put('a', value, any)).rejects.toThrow(TypeError);
});

test.each([undefined, {}, { BUCKET: {} }, { put() {} }, Promise.resolve()])('%o is not a bucket', (other) => {
  expect(() => r2Store(other as unknown as R2, options)).toThrow('env.BUCKET');
});
