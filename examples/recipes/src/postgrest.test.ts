import { absent, any, oneOf, type VersionedStore } from '@etag/concurrency';
import { testVersionedStore } from '@etag/concurrency/testing';
import { PostgrestClient } from '@supabase/postgrest-js';
import pg from 'pg';
import { available, startPostgres, startProxy } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepingJson } from './keeping-json.ts';
import { type Note, type NoteRow, TABLE } from './note.ts';
import { postgrestStore } from './postgrest.ts';
import { startPostgrest } from './stand-ins/postgrest.ts';

const server = await available('the recipe for PostgREST', startPostgres);

describe.skipIf(!server)('PostgREST, by a stand-in on PostgreSQL', () => {
  let pool: pg.Pool;
  let postgrest: Awaited<ReturnType<typeof startPostgrest>>;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let store: VersionedStore<string, Note>;
  const storeAt = (port: number) => postgrestStore<NoteRow>(new PostgrestClient(`http://127.0.0.1:${port}`), 'notes');
  const note = { title: 'a', text: 'b' };

  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: server?.url });
    await pool.query(TABLE);
    postgrest = await startPostgrest(pool);
    proxy = await startProxy(postgrest.port);
    store = storeAt(proxy.port);
  });
  afterAll(async () => {
    await proxy.close();
    postgrest.close();
    await pool.end();
    await server?.stop();
  });

  // A thousand writes are two thousand requests. They test a counter, which is a column of PostgreSQL here.
  const isLong = (name: string) => name === 'no version repeats in 1,000 writes';
  const testShort = (name: string, run: () => Promise<void>) => isLong(name) || test(name, run);
  testVersionedStore(testShort, async () => ({ store: keepingJson(store) }), { keys: 'never-reused' });

  test('of 16 writers by the store and 16 by SQL, no increment is lost', { timeout: 60_000 }, async () => {
    const [WRITERS, EACH] = [16, 2];
    await store.put('count', { title: 'a count', text: '0' }, absent);
    const byStore = async () => {
      const read = await store.get('count');
      const next = { title: 'a count', text: `${Number(read?.value.text) + 1}` };
      return (await store.put('count', next, oneOf(read?.version ?? ''))).kind === 'updated';
    };
    const bySql = async () => {
      const { rows } = await pool.query("SELECT * FROM notes WHERE id = 'count'");
      const update = "UPDATE notes SET text = $1, version = version + 1 WHERE id = 'count' AND version = $2";
      return (await pool.query(update, [`${Number(rows[0].text) + 1}`, rows[0].version])).rowCount === 1;
    };
    const writer = async (increment: () => Promise<boolean>) => {
      for (let done = 0; done < EACH; ) if (await increment()) done++;
    };
    await Promise.all(Array.from({ length: WRITERS }, () => [writer(byStore), writer(bySql)]).flat());
    expect(await store.get('count')).toMatchObject({
      version: `${2 * WRITERS * EACH + 1}`,
      value: { text: `${2 * WRITERS * EACH}` },
    });
  });

  test('a write whose answer is lost is sent once, and its outcome is unknown', async () => {
    const { version } = (await store.put('lost', note, absent)) as { version: string };
    proxy.loseAnswers(1, (bytes) => bytes.toString('latin1').startsWith('PATCH '));
    const put = store.put('lost', { ...note, title: 'written' }, oneOf(version));
    await expect(put).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
    expect(await store.get('lost')).toEqual({ version: '2', value: { ...note, title: 'written' } });
  });

  test('where nobody listens, nothing was written', async () => {
    const { port, close } = await startProxy(0);
    await close();
    await expect(storeAt(port).put('1', note, absent)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  test('another unique column, and a value that does not fit, are errors of PostgreSQL', async () => {
    await pool.query("CREATE UNIQUE INDEX one_title ON notes (title) WHERE title LIKE 'one of %'");
    await store.put('first', { title: 'one of them', text: '' }, absent);
    const taken = store.put('second', { title: 'one of them', text: '' }, absent);
    await expect(taken).rejects.toMatchObject({ code: '23505' });
    await expect(store.put('first', { title: null } as never, any)).rejects.toMatchObject({ code: '23502' });
    await expect(store.put('first', { nothing: 1 } as never, any)).rejects.toMatchObject({ code: '42703' });
    expect(await store.get('second')).toBeNull();
  });
});
