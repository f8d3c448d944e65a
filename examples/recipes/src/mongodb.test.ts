import { absent, any, oneOf, type VersionedStore } from '@etag/concurrency';
import { testVersionedStore } from '@etag/concurrency/testing';
import { MongoClient, ObjectId } from 'mongodb';
import { startProxy } from 'servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepingJson } from './keeping-json.ts';
import { mongodbStore } from './mongodb.ts';
import type { Note } from './note.ts';
import { startMongod } from './stand-ins/mongod.ts';

let mongod: Awaited<ReturnType<typeof startMongod>>;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let client: MongoClient;
let store: VersionedStore<string, Note>;
const note = { title: 'a', text: 'b' };

/** A client that stays with one address, which it takes for a replica set's primary. */
const clientOf = (port: number) =>
  new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true&serverSelectionTimeoutMS=500`, {
    serverApi: '1',
  });

beforeAll(async () => {
  mongod = await startMongod();
  proxy = await startProxy(mongod.port);
  client = clientOf(proxy.port);
  store = mongodbStore<Note>(client.db('test').collection('notes'));
});
afterAll(async () => {
  await client.close();
  await proxy.close();
  mongod.close();
});

testVersionedStore(test, async () => ({ store: keepingJson(store) }), { keys: 'never-reused' });

test('a write replaces the document, and what looks like an expression is content', async () => {
  const documents = mongodbStore<object>(client.db('test').collection('notes'));
  await documents.put('whole', { title: 'a', tags: ['x'] }, absent);
  const value = { text: '$title', sum: { $add: [1, 2] } };
  expect(await documents.put('whole', value, any)).toEqual({ kind: 'updated', version: '2', value });
  expect(await documents.get('whole')).toEqual({ version: '2', value });
});

test('what a client says of the key and the version is not written', async () => {
  await store.put('forged', note, absent);
  const forged = { ...note, _id: 'another', version: 99 };
  expect(await store.put('forged', forged, oneOf('1'))).toEqual({ kind: 'updated', version: '2', value: note });
});

test('keys may be ObjectIds, and a text that is none is the key of nothing', async () => {
  const documents = mongodbStore<Note>(client.db('test').collection('notes'), { keyType: 'objectId' });
  const id = new ObjectId().toHexString();
  expect(await documents.put(id, note, absent)).toMatchObject({ kind: 'created', version: '1' });
  expect(await documents.put(id, note, oneOf('1'))).toMatchObject({ kind: 'updated', version: '2' });
  expect(await documents.get(id.toUpperCase())).toBeNull();
  expect(await documents.get('7')).toBeNull();
  await expect(documents.put('7', note, absent)).rejects.toThrow(TypeError);
  expect(mongod.commands('insert').at(-1)?.documents[0]._id).toEqual(new ObjectId(id));
});

test("a version may be Mongoose's", async () => {
  const documents = mongodbStore<Note>(client.db('test').collection('notes'), { version: '__v' });
  await documents.put('mongoose', note, absent);
  expect(await documents.put('mongoose', note, any)).toMatchObject({ version: '2', value: note });
  expect(mongod.commands('insert').at(-1)?.documents).toEqual([{ ...note, _id: 'mongoose', __v: 1 }]);
});

test('writes are acknowledged by a majority, and reads are linearizable', async () => {
  await store.put('concerns', note, any);
  const [insert, find] = ['insert', 'find'].map((name) => mongod.commands(name).at(-1));
  expect(insert).toMatchObject({ writeConcern: { w: 'majority' } });
  expect(find).toMatchObject({ readConcern: { level: 'linearizable' }, maxTimeMS: 10_000 });
});

test('a write whose answer is lost is sent again under the same number, and is not reported as a conflict', async () => {
  await store.put('again', note, absent);
  const before = mongod.commands('findAndModify').length;
  proxy.loseAnswers(1, (bytes) => bytes.includes('findAndModify'));
  const put = store.put('again', { ...note, title: 'written' }, oneOf('1'));
  expect(await put).toMatchObject({ kind: 'updated', version: '2' });
  expect(proxy.lost).toBe(1);
  const numbers = mongod
    .commands('findAndModify')
    .slice(before)
    .map(({ txnNumber }) => `${txnNumber}`);
  expect(numbers).toHaveLength(2);
  expect(new Set(numbers).size).toBe(1);
});

test('where nobody is there, nothing was written', async () => {
  const { port, close } = await startProxy(0);
  await close();
  const nowhere = clientOf(port);
  const put = mongodbStore<Note>(nowhere.db('test').collection('notes')).put('1', note, absent);
  await expect(put).rejects.toMatchObject({ name: 'MongoServerSelectionError' });
  await nowhere.close();
});
