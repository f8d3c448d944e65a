import { fileURLToPath } from 'node:url';
import { absent, any, exists, oneOf } from '@etag/core';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import type { VersionedStore } from '../store.ts';
import { testVersionedStore } from '../testing.ts';
import { type D1, d1Store, sqliteTable } from './index.ts';

const options = { table: 'notes' };

/** A Worker that checks one law with its own D1 database: the store runs where it would, in workerd. */
const WORKER = `
import { d1Store } from './index.ts';
import { testVersionedStore } from '../testing.ts';

export default {
  async fetch(request, env) {
    const laws = new Map();
    const open = async () => ({ store: d1Store(env.DB, ${JSON.stringify(options)}) });
    testVersionedStore((name, run) => laws.set(name, run), open);
    try {
      await laws.get(await request.text())();
      return new Response('kept');
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};`;

let workerd: Miniflare;
let db: D1;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: WORKER, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    format: 'esm',
    external: ['node:*'],
    write: false,
  });
  workerd = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-01-01',
    compatibilityFlags: ['nodejs_compat'],
    d1Databases: ['DB'],
  });
  db = await workerd.getD1Database('DB');
  await sql(sqliteTable(options));
});
afterAll(() => workerd.dispose());

const sql = (text: string) => db.prepare(text).bind().all();

describe('the contract, in workerd', () => {
  testVersionedStore(
    (name) =>
      test(name, async () => {
        const response = await workerd.dispatchFetch('http://localhost/', { method: 'POST', body: name });
        expect(await response.text()).toBe('kept');
      }),
    () => Promise.reject(new Error('The laws are run by the Worker')),
  );
});

describe('a table that is there already', () => {
  const existing = { table: 'existing', key: 'id', columns: ['title', 'stars'] } as const;
  interface Note {
    title: string;
    stars: number | null;
  }
  let store: VersionedStore<string, Note>;
  beforeAll(async () => {
    await sql('CREATE TABLE existing (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, stars INTEGER)');
    await sql("INSERT INTO existing VALUES (1, 'old', NULL)");
    // D1 takes one statement at a time. A trigger ends no line but its last with a semicolon.
    for (const statement of sqliteTable<Note>(existing).split(/(?<=;)\n(?=.)/)) await sql(statement);
    store = d1Store<Note>(db, existing);
  });

  test('gets what the store needs from sqliteTable()', async () => {
    const old = await store.get('1');
    expect(old).toMatchObject({ value: { title: 'old', stars: null }, modified: expect.any(Number) });
    const outcome = await store.put('1', { title: 'new', stars: 5 }, oneOf(old?.version ?? ''));
    expect(outcome).toMatchObject({ kind: 'updated', value: { title: 'new', stars: 5 } });
    expect(await store.put('01', { title: 'lost', stars: 5 }, exists)).toMatchObject({ kind: 'missing' });
    await sql('UPDATE existing SET stars = 6');
    const touched = await store.get('1');
    expect(touched).toMatchObject({ value: { title: 'new', stars: 6 } });
    expect(await store.delete('1', oneOf(old?.version ?? ''))).toMatchObject({ kind: 'stale' });
    expect(await store.delete('1', oneOf(touched?.version ?? ''))).toEqual({ kind: 'deleted' });
  });

  test('a write that a constraint refuses is the error of the driver', async () => {
    await store.put('2', { title: 'taken', stars: 1 }, absent);
    await expect(store.put('3', { title: 'taken', stars: 1 }, absent)).rejects.toThrow('UNIQUE constraint failed');
    expect(await store.get('3')).toBeNull();
  });
});

/** The database, but for what becomes of the answer to the next write. */
function losing(answer: () => Promise<never>): D1 {
  return {
    batch: (statements) => db.batch(statements),
    prepare: (text) => ({
      bind: (...parameters) => ({
        async all() {
          const result = await db
            .prepare(text)
            .bind(...parameters)
            .all();
          return text.startsWith('SELECT') ? result : answer();
        },
      }),
    }),
  };
}

test('a write whose answer is lost has an unknown outcome, and is not sent again', async () => {
  const lost = losing(() => Promise.reject(new Error('D1_ERROR: Network connection lost.')));
  const put = d1Store<number>(lost, options).put('lost', 1, absent);
  await expect(put).rejects.toMatchObject({
    code: 'ETAG_OUTCOME_UNKNOWN',
    cause: { message: 'D1_ERROR: Network connection lost.' },
  });
  expect(await d1Store<number>(db, options).get('lost')).toMatchObject({ value: 1 });
});

test('so has one whose signal is aborted while it is under way', async () => {
  const controller = new AbortController();
  const hanging = losing(() => {
    controller.abort(new Error('went away'));
    return new Promise(() => {});
  });
  const put = d1Store<number>(hanging, options).put('aborted', 1, any, { signal: controller.signal });
  await expect(put).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: 'went away' } });
});

test.each([
  'D1_ERROR: CHECK constraint failed: notes: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)',
  'D1_ERROR: string or blob too big: SQLITE_TOOBIG',
])('%s: nothing was written', async (message) => {
  const refusing = losing(() => Promise.reject(new Error(message)));
  await expect(d1Store<number>(refusing, options).put('refused', 1, any)).rejects.toThrow(message);
});

test.each([
  'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.',
  'D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset.',
  'D1_ERROR: disk I/O error: SQLITE_IOERR (extended: SQLITE_IOERR_WRITE)',
])('%s: nobody knows', async (message) => {
  const failing = losing(() => Promise.reject(new Error(message)));
  await expect(d1Store<number>(failing, options).put(message, 1, any)).rejects.toMatchObject({
    code: 'ETAG_OUTCOME_UNKNOWN',
  });
});

test('a table that is not there is the error of the driver', async () => {
  await expect(d1Store(db, { table: 'nowhere' }).put('a', 1, any)).rejects.toThrow('no such table');
});

test.each([undefined, {}, { DB: {} }, { prepare() {} }, Promise.resolve()])('%o is not a D1 database', (other) => {
  expect(() => d1Store(other as unknown as D1, options)).toThrow(TypeError);
  expect(() => d1Store(other as unknown as D1, options)).toThrow('env.DB');
});

test('a database of D1 and a session on it are accepted as they are', () => {
  type Database = Awaited<ReturnType<Miniflare['getD1Database']>>;
  expectTypeOf<Database>().toExtend<D1>();
  expectTypeOf<ReturnType<Database['withSession']>>().toExtend<D1>();
});
