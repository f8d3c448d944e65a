import { absent, any, oneOf } from '@etag/core';
import { available, startEtcd } from 'servers';
import { afterAll, describe, expect, test } from 'vitest';
import { incrementInProcesses, TOTAL } from '../../test/increments.ts';
import { testVersionedStore } from '../testing.ts';
import { etcdStore } from './index.ts';

const server = await available('etcdStore', startEtcd);
afterAll(() => server?.stop());
// Where there is none, nobody asks it: its tests are left out.
const endpoints = [server?.url ?? 'http://127.0.0.1:2379'];

describe.skipIf(!server)('etcdStore', () => {
  testVersionedStore(test, async () => ({ store: etcdStore({ endpoints, prefix: 'notes/' }) }));

  const store = etcdStore<unknown>({ endpoints, prefix: 'notes/' });

  test('keeps JSON under the prefix and the key, and the revision is the version', async () => {
    const outcome = await store.put('kept', { title: 'é' }, any);
    const body = JSON.stringify({ key: Buffer.from('notes/kept').toString('base64') });
    const response = await fetch(new URL('/v3/kv/range', endpoints[0]), { method: 'POST', body });
    const { header, kvs } = (await response.json()) as { header: { revision: string }; kvs: Record<string, string>[] };
    expect(outcome).toEqual({ kind: 'created', version: header.revision, value: { title: 'é' } });
    expect(kvs[0]?.mod_revision).toBe(header.revision);
    expect(Buffer.from(kvs[0]?.value ?? '', 'base64').toString()).toBe('{"title":"é"}');
  });

  test('a refused write is told what is there by the very request', async () => {
    const asked: string[] = [];
    const counted = etcdStore<unknown>({
      endpoints,
      prefix: 'asked/',
      fetch(url, init) {
        asked.push(new URL(String(url)).pathname);
        return fetch(url, init);
      },
    });
    expect(await counted.put('a', 1, oneOf('1'))).toMatchObject({ kind: 'missing' });
    expect(await counted.delete('a', oneOf('1'))).toMatchObject({ kind: 'missing' });
    const { version } = (await counted.put('a', 1, absent)) as { version: string };
    expect(await counted.put('a', 2, absent)).toMatchObject({ kind: 'exists', current: { version } });
    expect(await counted.put('a', 2, oneOf('1'))).toMatchObject({ kind: 'stale', current: { version } });
    expect(await counted.delete('a', oneOf('1'))).toMatchObject({ kind: 'stale', current: { version } });
    expect(asked).toEqual(Array.from({ length: 6 }, () => '/v3/kv/txn'));
  });

  test('an entry with a lease of another program keeps it', async () => {
    const base64 = (value: string) => Buffer.from(value).toString('base64');
    const call = async (path: string, body: object) => {
      const response = await fetch(new URL(`/v3/${path}`, endpoints[0]), {
        method: 'POST',
        body: JSON.stringify(body),
      });
      return (await response.json()) as { ID: string; kvs: { lease?: string }[] };
    };
    const { ID: lease } = await call('lease/grant', { TTL: 600 });
    await call('kv/put', { key: base64('notes/leased'), value: base64('1'), lease });
    const read = await store.get('leased');
    const updated = await store.put('leased', 2, oneOf(read?.version ?? ''));
    expect(updated).toMatchObject({ kind: 'updated' });
    expect(await store.put('leased', 3, any)).toMatchObject({ kind: 'updated' });
    expect(await call('kv/range', { key: base64('notes/leased') })).toMatchObject({ kvs: [{ lease }] });
    await call('lease/revoke', { ID: lease });
    expect(await store.get('leased')).toBeNull();
    expect(await store.put('leased', 4, any)).toMatchObject({ kind: 'created' });
  });

  // A comparison with 0 is how etcd says that nothing is stored.
  test.each(['0', '00', '-1', '1.0', '9223372036854775807', '9'.repeat(30)])(
    'the version %s matches nothing, where nothing is stored',
    async (version) => {
      expect(await store.put('nothing', 1, oneOf(version))).toMatchObject({ kind: 'missing' });
      expect(await store.delete('nothing', oneOf(version))).toMatchObject({ kind: 'missing' });
    },
  );

  test.each(['', 'plain text'])('a value of another program, %j, is an error that names the key', async (text) => {
    const base64 = (value: string) => Buffer.from(value).toString('base64');
    const body = JSON.stringify({ key: base64('notes/theirs'), value: base64(text) });
    await fetch(new URL('/v3/kv/put', endpoints[0]), { method: 'POST', body });
    expect(await store.state('theirs')).toMatchObject({ etag: expect.stringMatching(/^"v\d+"$/) });
    await expect(store.get('theirs')).rejects.toThrow('"theirs"');
    expect(await store.put('theirs', 1, any)).toMatchObject({ kind: 'updated' });
    expect(await store.get('theirs')).toMatchObject({ value: 1 });
  });

  test('a version is compared as it is written', async () => {
    const outcome = await store.put('written', 1, any);
    const version = 'version' in outcome ? outcome.version : '';
    for (const other of [`0${version}`, `+${version}`, ` ${version}`, `${version}.0`]) {
      expect(await store.put('written', 2, oneOf(other))).toMatchObject({ kind: 'stale', current: { version } });
    }
    expect(await store.put('written', 2, oneOf(version))).toMatchObject({ kind: 'updated' });
  });

  test.each(['\ud800', 'a\udc00b'])('a key with a lone surrogate is refused', async (key) => {
    await expect(store.get(key)).rejects.toThrow(TypeError);
    await expect(store.state(key)).rejects.toThrow(TypeError);
    await expect(store.put(key, 1, any)).rejects.toThrow(TypeError);
    await expect(store.delete(key, any)).rejects.toThrow(TypeError);
  });

  test.each([undefined, () => {}, Symbol('s')])('%s is no JSON value', async (value) => {
    await expect(store.put('a', value, any)).rejects.toThrow(TypeError);
    expect(await store.get('a')).toBeNull();
  });

  test('2 processes of 16 writers lose none of 1,280 increments', async () => {
    const counters = etcdStore<number>({ endpoints, prefix: 'counters/' });
    await counters.put('total', 0, any);
    await incrementInProcesses('etcd', endpoints[0] ?? '');
    expect(await counters.get('total')).toMatchObject({ value: TOTAL });
  }, 120_000);
});
