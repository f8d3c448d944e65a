import { absent, any, oneOf } from '@etag/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorkerd, storeInWorker, type Workerd } from '../../test/workerd.ts';
import { testVersionedStore } from '../testing.ts';
import { type DurableObjectSql, durableObjectStore } from './index.ts';

let workerd: Workerd;
beforeAll(async () => {
  workerd = await startWorkerd('durable-object.ts');
});
afterAll(() => workerd.stop());

async function post(path: string, body: string): Promise<string> {
  const response = await workerd.miniflare.dispatchFetch(`${workerd.url}${path}`, { method: 'POST', body });
  return await response.text();
}

const sql = async (text: string): Promise<unknown[][]> => JSON.parse(await post('/sql', text));

describe('the contract, in a Durable Object', () => {
  testVersionedStore(
    (name) => test(name, async () => expect(await post('/law', name)).toBe('kept')),
    () => Promise.reject(new Error('The laws are run by the object')),
  );
});

test('a value is a row of JSON in a table of its own', async () => {
  const store = storeInWorker<unknown>(workerd.url);
  const outcome = await store.put('kept', { title: 'é' }, absent);
  const [row] = await sql("SELECT value, version FROM notes WHERE key = 'kept'");
  expect(row).toEqual(['{"title":"é"}', 'version' in outcome && outcome.version]);
});

test('of 32 requests with one version one goes through, and the others learn its version', async () => {
  const store = storeInWorker<number>(workerd.url);
  const { version } = (await store.put('raced', -1, any)) as { version: string };
  const outcomes = await Promise.all(
    Array.from({ length: 32 }, (_, racer) => store.put('raced', racer, oneOf(version))),
  );
  const winners = outcomes.flatMap((outcome) => (outcome.kind === 'updated' ? [outcome.version] : []));
  expect(winners).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.kind !== 'updated') expect(outcome).toMatchObject({ kind: 'stale', current: { version: winners[0] } });
  }
});

describe('a table that is there already', () => {
  const options = {
    table: 'articles',
    key: 'id',
    version: { column: 'row_version', type: 'integer', keys: 'never-reused' },
    modified: null,
    columns: ['title'],
  };
  const call = async (body: object) => await post('/call', JSON.stringify({ options, ...body }));

  beforeAll(async () => {
    await sql(`CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE,
      row_version INTEGER NOT NULL DEFAULT 1)`);
    await sql("INSERT INTO articles (id, title) VALUES (1, 'old'), (2, 'taken')");
  });

  test('an integer version counts on', async () => {
    const put = { method: 'put', key: '1', value: { title: 'new' }, expectation: oneOf('1') };
    expect(JSON.parse(await call(put))).toMatchObject({ kind: 'updated', version: '2' });
    expect(JSON.parse(await call(put))).toMatchObject({ kind: 'stale', current: { version: '2' } });
    expect(await sql('SELECT title, row_version FROM articles WHERE id = 1')).toEqual([['new', 2]]);
  });

  test('a write that a constraint refuses is the error of SQLite, and nothing is written', async () => {
    const put = { method: 'put', key: '1', value: { title: 'taken' }, expectation: any };
    expect(await call(put)).toContain('UNIQUE constraint failed');
    expect(await sql('SELECT title FROM articles WHERE id = 1')).toEqual([['new']]);
  });

  test('a table whose versions could repeat is refused, with what mends it', async () => {
    const { keys: _, ...version } = options.version;
    const refused = await post('/call', JSON.stringify({ options: { ...options, version }, method: 'get', key: '1' }));
    expect(refused).toContain('never-reused');
  });
});

test('what is written within a transaction of the object is part of it', async () => {
  expect(await post('/rolled-back', 'in-transaction')).toContain('of the work');
  expect(await storeInWorker(workerd.url).get('in-transaction')).toBeNull();
});

test.each([undefined, {}, { storage: {} }, { sql: {} }, Promise.resolve()])('%o is not a storage', (other) => {
  expect(() => durableObjectStore(other as unknown as DurableObjectSql, { table: 'notes' })).toThrow('ctx.storage');
});
