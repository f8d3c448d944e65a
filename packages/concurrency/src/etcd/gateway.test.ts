import { any, oneOf } from '@etag/core';
import { killable, startEtcd, startProxy } from 'servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EtcdError, etcdStore } from './index.ts';

const prefix = 'notes/';
const server = await killable('etcdStore when its connection breaks', startEtcd);
afterAll(() => server?.stop());
// Where there is none, nobody asks it: its tests are left out.
const url = server?.url ?? 'http://127.0.0.1:2379';

/** Sends a request past the store. */
async function ask<R>(path: string, body: object, headers = {}): Promise<R> {
  const response = await fetch(new URL(path, url), { method: 'POST', body: JSON.stringify(body), headers });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as R;
}

describe.skipIf(!server)('a lost connection', () => {
  const sound = etcdStore<string>({ endpoints: [url], prefix });
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let before: number;
  beforeAll(async () => {
    proxy = await startProxy(server?.port ?? 0);
  });
  beforeEach(async () => {
    await sound.put('a', 'old', any);
    before = await revision();
  });
  afterAll(() => proxy.close());

  /** How many changes etcd has seen. */
  async function revision(): Promise<number> {
    const { header } = await ask<{ header: { revision: string } }>('/v3/kv/range', { key: 'YQ==' });
    return Number(header.revision);
  }

  const isWrite = (bytes: Buffer) => bytes.includes('/v3/kv/txn');
  // The second of them is not asked to do again what the first may have done.
  const open = () => etcdStore<string>({ endpoints: [`http://127.0.0.1:${proxy.port}`, url], prefix });

  test('leaves the outcome of a put unknown, and the put is sent once', async () => {
    proxy.loseAnswers(1, isWrite);
    await expect(open().put('a', 'new', oneOf(`${before}`))).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(await sound.get('a')).toEqual({ version: `${before + 1}`, value: 'new' });
    expect(await revision()).toBe(before + 1);
  });

  test('leaves the outcome of a delete unknown, and the delete is sent once', async () => {
    proxy.loseAnswers(1, isWrite);
    await expect(open().delete('a', any)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(await sound.get('a')).toBeNull();
    expect(await revision()).toBe(before + 1);
  });

  test('leaves a read to the next member', async () => {
    proxy.loseAnswers(1);
    expect(await open().get('a')).toEqual({ version: `${before}`, value: 'old' });
  });

  test('leaves the outcome unknown when the signal is aborted first; a read rejects with its reason', async () => {
    const goOn = proxy.stall();
    const controller = new AbortController();
    const { signal } = controller;
    const write = expect(open().put('a', 'new', any, { signal })).rejects.toMatchObject({
      code: 'ETAG_OUTCOME_UNKNOWN',
      cause: { message: 'too slow' },
    });
    const read = expect(open().get('a', { signal })).rejects.toThrow('too slow');
    // By then, both are sent: an aborted write that was not has done nothing.
    await new Promise((resolve) => setTimeout(resolve, 50));
    controller.abort(new Error('too slow'));
    await Promise.all([write, read]);
    goOn();
  });
});

/** A cluster of members that are asked in turn, and whom was asked what. */
function members(...answers: ((path: string) => Promise<Response>)[]) {
  const asked: string[] = [];
  const store = etcdStore<string>({
    endpoints: answers.map((_, index) => `http://member-${index}`),
    prefix,
    fetch(input) {
      const { hostname, pathname } = new URL(String(input));
      asked.push(`${hostname}${pathname}`);
      return (answers[Number(hostname.slice(-1))] as (typeof answers)[0])(pathname);
    },
  });
  return { store, asked };
}

const answering = (status: number, body: unknown) => async () =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const fine = answering(200, { header: { revision: '7' }, succeeded: true });
const failing = (code: string) => () => Promise.reject(new TypeError('fetch failed', { cause: { code } }));

describe('a member that cannot be reached', () => {
  test.each(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'])(
    'by %s has done nothing: the next one is asked, and from then on first',
    async (code) => {
      const { store, asked } = members(failing(code), fine);
      const created = { kind: 'created', version: '7', value: 'new' };
      expect(await store.put('a', 'new', { absent: true })).toEqual(created);
      expect(await store.put('a', 'new', { absent: true })).toEqual(created);
      expect(asked).toEqual(['member-0/v3/kv/txn', 'member-1/v3/kv/txn', 'member-1/v3/kv/txn']);
    },
  );

  test('like all the others: the error comes through, and nothing was written', async () => {
    const { store } = members(failing('ECONNREFUSED'), failing('ECONNREFUSED'));
    await expect(store.put('a', 'new', any)).rejects.toThrow('fetch failed');
    await expect(store.delete('a', any)).rejects.toThrow('fetch failed');
  });

  test('is skipped by calls that find it out at the same time', async () => {
    const { store } = members(failing('ECONNREFUSED'), failing('ECONNREFUSED'), fine);
    const puts = Array.from({ length: 8 }, () => store.put('a', 'new', { absent: true }));
    expect((await Promise.all(puts)).map(({ kind }) => kind)).toEqual(Array(8).fill('created'));
  });

  test('is found out by the real fetch', async () => {
    const { port, close } = await startProxy(0);
    await close();
    const { cause } = await fetch(`http://127.0.0.1:${port}`).catch((error) => error);
    expect(cause).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('an answer that does not say what was done', () => {
  const answers: [name: string, answer: () => Promise<Response>][] = [
    ['none', failing('ECONNRESET')],
    ['none in time', () => Promise.reject(new DOMException('too slow', 'TimeoutError'))],
    ['unavailable', answering(503, { code: 14, message: 'etcdserver: leader changed' })],
    ['deadline exceeded', answering(504, { code: 4, message: 'etcdserver: request timed out' })],
    // The write that takes the last of the space is done, and answered so: quotaApplierV3 in etcd's sources.
    ['resource exhausted', answering(429, { code: 8, message: 'etcdserver: mvcc: database space exceeded' })],
    ['that of a proxy', answering(502, '<h1>Bad Gateway</h1>')],
    ['something else', answering(200, '<h1>Welcome</h1>')],
  ];

  test.each(answers)('%s: the outcome is unknown, and nobody else is asked', async (_, answer) => {
    const { store, asked } = members(answer, fine);
    await expect(store.put('a', 'new', any)).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(asked).toEqual(['member-0/v3/kv/txn']);
  });

  test.each(answers)('%s: a read asks the next member', async (_, answer) => {
    const value = Buffer.from('"kept"').toString('base64');
    const { store } = members(answer, answering(200, { kvs: [{ mod_revision: '7', value }] }));
    expect(await store.get('a')).toEqual({ version: '7', value: 'kept' });
  });
});

test.each([
  [400, 3, 'etcdserver: request is too large'],
  [403, 7, 'etcdserver: permission denied'],
  [401, 16, 'etcdserver: invalid auth token'],
])('an answer %i, %i (%s) comes through: nothing was written', async (status, code, message) => {
  const { store } = members(answering(status, { code, message, error: message }));
  const error = await store.put('a', 'new', any).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(EtcdError);
  expect(error).toMatchObject({ name: 'EtcdError', code, message });
});

test.skipIf(!server)('header fields may carry a token', async () => {
  const root = { name: 'root', password: 'root' };
  await ask('/v3/auth/user/add', root);
  await ask('/v3/auth/role/add', { name: 'root' });
  await ask('/v3/auth/user/grant', { user: 'root', role: 'root' });
  await ask('/v3/auth/enable', {});
  const { token } = await ask<{ token: string }>('/v3/auth/authenticate', root);
  const headers = { authorization: token };
  const endpoints = [url];
  const strangers = etcdStore<string>({ endpoints, prefix });
  await expect(strangers.put('auth', 'a', any)).rejects.toThrow('user name is empty');
  expect(await etcdStore({ endpoints, prefix, headers }).put('auth', 'a', any)).toMatchObject({ kind: 'created' });
  await ask('/v3/auth/disable', {}, headers);
});

test('header fields may come from a function, which is asked before each request: a token may end', async () => {
  let tokens = 0;
  const sent: unknown[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    sent.push(new Headers(init?.headers).get('authorization'));
    return Response.json({ kvs: [{ mod_revision: '7', value: 'MQ==' }], succeeded: true, header: { revision: '8' } });
  };
  const headers = async () => ({ authorization: `token ${++tokens}` });
  const store = etcdStore<number>({ endpoints: ['http://etcd:2379'], prefix, fetch, headers });
  expect(await store.get('a')).toEqual({ version: '7', value: 1 });
  expect(await store.put('a', 2, any)).toMatchObject({ kind: 'updated' });
  expect(sent).toEqual(['token 1', 'token 2']);

  // Without a token nothing is sent.
  const failing = etcdStore<number>({
    endpoints: ['http://etcd:2379'],
    prefix,
    fetch,
    headers: () => Promise.reject(new Error('no token')),
  });
  await expect(failing.put('a', 3, any)).rejects.toThrow('no token');
  expect(sent).toHaveLength(2);
});

test.each(['http://proxy.example/etcd', 'http://proxy.example/etcd/'])(
  'an endpoint may have a path: %s',
  async (endpoint) => {
    const asked: string[] = [];
    const fetch = async (url: unknown) => {
      asked.push(String(url));
      return Response.json({});
    };
    expect(await etcdStore({ endpoints: [endpoint], prefix, fetch }).get('a')).toBeNull();
    expect(asked).toEqual(['http://proxy.example/etcd/v3/kv/range']);
  },
);

test.each([[], ['127.0.0.1:2379']])('%j are no endpoints', (...endpoints) => {
  expect(() => etcdStore({ endpoints, prefix })).toThrow(TypeError);
});
