import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kv, openKv } from '@deno/kv';
import { absent, any, oneOf } from '@etag/core';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import { testVersionedStore } from '../testing.ts';
import { type DenoKv, type DenoKvAtomic, denoKvStore } from './index.ts';

// Deno KV on its SQLite backend, as it is on one machine.
const folder = mkdtempSync(join(tmpdir(), 'deno-kv-'));
const options = { prefix: ['notes'] };
let kv: Kv;
beforeAll(async () => {
  kv = await openKv(join(folder, 'kv.sqlite'));
});
afterAll(() => {
  kv.close();
  rmSync(folder, { recursive: true });
});

/** A value may have 64 KB, which the test below is about. */
const TOO_LARGE = 'a value comes back as it was put: a megabyte';

describe('the contract', () => {
  testVersionedStore(
    (name, run) => name !== TOO_LARGE && test(name, run),
    async () => ({ store: denoKvStore(kv, options) }),
  );
});

test('a value is an entry as any program of Deno reads it, and its version the versionstamp', async () => {
  const outcome = await denoKvStore<unknown>(kv, options).put('kept', { title: 'é' }, any);
  const { value, versionstamp } = await kv.get(['notes', 'kept']);
  expect(outcome).toEqual({ kind: 'created', version: versionstamp, value: { title: 'é' } });
  expect(value).toEqual({ title: 'é' });
});

test('what others write is guarded', async () => {
  const store = denoKvStore<unknown>(kv, options);
  const { version } = (await store.put('shared', 1, any)) as { version: string };
  await kv.set(['notes', 'shared'], 2);
  expect(await store.put('shared', 3, oneOf(version))).toMatchObject({ kind: 'stale' });
  expect(await store.get('shared')).toMatchObject({ value: 2 });
});

test.each([
  ['value', 'large', 'x'.repeat(70_000)],
  ['key', 'x'.repeat(3000), 1],
])('a %s that is too large is the error of Deno KV, and nothing is written', async (_, key, value) => {
  const store = denoKvStore<unknown>(kv, options);
  await expect(store.put(key, value, absent)).rejects.toThrow('TooLong');
  expect(await store.get('large')).toBeNull();
});

test('a database that is closed is the error of Deno KV', async () => {
  const closed = await openKv(join(folder, 'closed.sqlite'));
  closed.close();
  await expect(denoKvStore(closed, options).put('a', 1, absent)).rejects.toThrow("after '.close'");
});

test.each([['*'], ['xyzzy'], ['0'.repeat(20)], ['A'.repeat(20)]])('the version %s matches nothing', async (version) => {
  const store = denoKvStore<unknown>(kv, options);
  await store.put('strange', 'kept', any);
  expect(await store.put('strange', 'lost', oneOf(version))).toMatchObject({ kind: 'stale' });
  expect(await store.put('nothing', 'lost', oneOf(version))).toMatchObject({ kind: 'missing' });
});

test.each([undefined, () => {}, 1n])('%s is not a JSON value', async (value) => {
  await expect(denoKvStore(kv, options).put('a', value, any)).rejects.toThrow(TypeError);
});

test.each([undefined, {}, 'kv', Promise.resolve()])('%o is not a Deno KV', (other) => {
  expect(() => denoKvStore(other as never, options)).toThrow('Deno.openKv()');
});

test('a prefix is a list', () => {
  expect(() => denoKvStore(kv, { prefix: 'notes' as never })).toThrow(TypeError);
});

test('a remote client that sends writes again by itself is refused', () => {
  expect(() => denoKvStore(Object.assign(altered(), { maxRetries: 10 }), options)).toThrow('maxRetries: 0');
  expect(() => denoKvStore(Object.assign(altered(), { maxRetries: 0 }), options)).not.toThrow();
});

test('a write whose answer is lost has an unknown outcome', async () => {
  const losing = altered({
    async commit(commit) {
      await commit();
      throw new Error('error sending request');
    },
  });
  await expect(denoKvStore(losing, options).put('lost', 1, absent)).rejects.toMatchObject({
    code: 'ETAG_OUTCOME_UNKNOWN',
  });
  expect(await denoKvStore(kv, options).get('lost')).toMatchObject({ value: 1 });
});

test('a file that another process is writing to is tried again, and contended in the end', async () => {
  const locked = altered({ commit: () => Promise.reject(new Error('database is locked\n\nCaused by: ...')) });
  expect(await denoKvStore(locked, options).put('locked', 1, absent)).toEqual({ kind: 'contended' });
});

test('a database of Deno KV is accepted as it is', () => {
  expectTypeOf<Kv>().toExtend<DenoKv>();
});

type Check = Parameters<DenoKvAtomic['check']>[0];
type Committed = ReturnType<DenoKvAtomic['commit']>;

interface Alteration {
  /** Which of the checks are done. */
  readonly isChecked?: (check: Check, isDelete: boolean) => boolean;
  readonly commit?: (commit: () => Committed) => Committed;
}

/** The database, with other operations than it is asked for. */
function altered({ isChecked = () => true, commit = (commit) => commit() }: Alteration = {}): DenoKv {
  return {
    get: (key) => kv.get(key as never),
    atomic() {
      const operation: DenoKvAtomic = kv.atomic();
      let asked: Check | undefined;
      const write = (isDelete: boolean) => asked && isChecked(asked, isDelete) && operation.check(asked);
      const other: DenoKvAtomic = {
        check(check) {
          asked = check;
          return other;
        },
        set(key, value) {
          write(false);
          operation.set(key, value);
          return other;
        },
        delete(key) {
          write(true);
          operation.delete(key);
          return other;
        },
        commit: () => commit(() => operation.commit()),
      };
      return other;
    },
  };
}

describe('the contract catches a store that', () => {
  const storeOf = (alteration?: Alteration) => denoKvStore<unknown>(altered(alteration), options);

  test.each<[mutation: string, law: string, alteration: Alteration]>([
    ['drops the check', 'of 32 updates', { isChecked: () => false }],
    ['creates over what is there', 'of 32 creations', { isChecked: ({ versionstamp }) => versionstamp !== null }],
    [
      'deletes whatever is there',
      'delete expecting oneOf(seen), when another',
      { isChecked: (_, isDelete) => !isDelete },
    ],
    [
      'takes a refusal for a success',
      'of 32 updates',
      {
        commit: async (commit) => ({ versionstamp: '0'.repeat(20), ...(await commit()), ok: true }),
      },
    ],
    [
      'gives a versionstamp of its own',
      'what a write returns',
      {
        async commit(commit) {
          const committed = await commit();
          return committed.ok ? { ok: true, versionstamp: `f${committed.versionstamp.slice(1)}` } : committed;
        },
      },
    ],
  ])('%s', async (_, law, alteration) => {
    expect(await brokenLaws(storeOf(), law)).toEqual([]);
    expect(await brokenLaws(storeOf(alteration), law)).not.toEqual([]);
  });
});
