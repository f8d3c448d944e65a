import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { absent, any, oneOf } from '@etag/concurrency';
import { testVersionedStore } from '@etag/concurrency/testing';
import pg from 'pg';
import { available, startPostgres } from 'servers';
import { DataSource, EntitySchema } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { generatePrismaClients } from '../prisma/generate.ts';
import { keepingJson } from './keeping-json.ts';
import { type Library, libraries } from './libraries.ts';
import { type Note, TABLE } from './note.ts';

const server = await available('the recipes for query builders and ORMs', startPostgres);
const url = server?.url ?? '';
const folder = mkdtempSync(join(tmpdir(), 'etag-recipes-'));

/** The codes of an error and of those that it wraps. */
function codesOf(error: unknown): unknown[] {
  const { code, cause, driverError, parent } = Object(error) as Readonly<Record<string, unknown>>;
  return [code, ...[cause, driverError, parent].flatMap((inner) => (inner ? codesOf(inner) : []))];
}

/** The address of a database of each kind, with the table in it. */
async function databaseFor(kind: string, name: string): Promise<string> {
  if (kind === 'PostgreSQL') return url;
  const path = join(folder, `${name}.sqlite`);
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; ${TABLE}`);
  db.close();
  return path;
}

const openings = Object.entries(libraries).flatMap(([name, opening]) =>
  Object.entries(opening).map(([kind, open]) => ({ name, kind, open })),
);
const running = openings.filter(({ kind }) => server || kind !== 'PostgreSQL');

beforeAll(async () => {
  generatePrismaClients();
  if (server) await query(TABLE);
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

async function query(text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

describe.each(running)('$name on $kind', ({ name, kind, open }) => {
  let library: Library;
  beforeAll(async () => {
    library = await open(await databaseFor(kind, name));
  });
  afterAll(async () => {
    await library?.close();
  });
  const note = { title: 'a', text: 'b' };
  let id: string;
  beforeEach(() => {
    id = crypto.randomUUID();
  });

  // A count begins anew where a key comes back.
  testVersionedStore(test, async () => ({ store: keepingJson(library.store) }), { keys: 'never-reused' });

  test('versions count, and are not what a value says', async () => {
    expect(await library.store.put(id, note, absent)).toMatchObject({ version: '1' });
    const forged = { ...note, id: 'another', version: 99 };
    expect(await library.store.put(id, forged, oneOf('1'))).toEqual({ kind: 'updated', version: '2', value: note });
    expect(await library.store.get(id)).toEqual({ version: '2', value: note });
  });

  test('what is set may be nothing, and the version counts', async () => {
    await library.store.put(id, note, absent);
    expect(await library.store.put(id, {} as Note, oneOf('1'))).toMatchObject({ version: '2', value: note });
  });

  test.each([null, 'text', 7, ['a']])('%j is not a row: a TypeError, and nothing is sent', async (value) => {
    await library.store.put(id, note, absent);
    for (const expectation of [any, oneOf('1'), absent]) {
      const put = library.store.put(id, value as unknown as Note, expectation);
      await expect(put).rejects.toThrow(TypeError);
    }
    expect(await library.store.get(id)).toMatchObject({ version: '1', value: note });
  });

  test('a member that the model does not have is ignored, or an error which knows that nothing was written', async () => {
    await library.store.put(id, note, absent);
    const put = library.store.put(id, { ...note, another: 1 } as Note, any);
    expect(codesOf(await put.catch((error: unknown) => error))).not.toContain('ETAG_OUTCOME_UNKNOWN');
  });

  test('a key with NUL is nothing that is stored, and nothing that can be', async () => {
    expect(await library.store.get(`${id}\0`)).toBeNull();
    expect(await library.store.put(`${id}\0`, note, oneOf('1'))).toMatchObject({ kind: 'missing' });
    await expect(library.store.put(`${id}\0`, note, absent)).rejects.toThrow(TypeError);
  });

  test.runIf(kind === 'PostgreSQL')('a count of 64 bits, which drivers give as text, goes on as a number', async () => {
    await query('ALTER TABLE notes ALTER version TYPE bigint');
    try {
      expect(await library.store.put(id, note, absent)).toMatchObject({ version: '1' });
      expect(await library.store.put(id, note, any)).toMatchObject({ version: '2' });
      expect(await library.store.put(id, note, oneOf('2'))).toMatchObject({ version: '3' });
    } finally {
      await query('ALTER TABLE notes ALTER version TYPE integer');
    }
  });

  test('of 32 writers by the store and 32 by the library, no increment is lost', { timeout: 60_000 }, async () => {
    const [WRITERS, EACH] = [32, 4];
    await library.store.put(id, { title: 'a count', text: '0' }, absent);
    const byStore = async () => {
      const read = await library.store.get(id);
      const next = { title: 'a count', text: `${Number(read?.value.text) + 1}` };
      return (await library.store.put(id, next, oneOf(read?.version ?? ''))).kind === 'updated';
    };
    const writer = async (increment: () => Promise<boolean>) => {
      for (let done = 0; done < EACH; ) if (await increment()) done++;
    };
    const all = Array.from({ length: WRITERS }, () => [writer(byStore), writer(() => library.increment(id))]);
    await Promise.all(all.flat());
    const total = 2 * WRITERS * EACH;
    expect(await library.store.get(id)).toMatchObject({ version: `${total + 1}`, value: { text: `${total}` } });
  });

  test.runIf(kind === 'PostgreSQL')('another unique column that has the value already is an error', async () => {
    await query("CREATE UNIQUE INDEX one_title ON notes (title) WHERE title LIKE 'one of %'");
    const title = `one of ${id}`;
    await library.store.put(id, { title, text: '' }, absent);
    for (const expectation of [absent, any]) {
      const put = library.store.put(`${id} 2`, { title, text: '' }, expectation);
      const error = await put.catch((error: unknown) => error);
      expect(error).toBeInstanceOf(Error);
      expect(codesOf(error)).not.toContain('ETAG_OUTCOME_UNKNOWN');
    }
    expect(await library.store.get(`${id} 2`)).toBeNull();
    await query('DROP INDEX one_title');
  });

  describe('a write in a transaction of the library', () => {
    test('is committed with it', async () => {
      await library.transact(async (store) => {
        expect(await store.put(id, note, absent)).toMatchObject({ kind: 'created', value: note });
      });
      expect(await library.store.get(id)).toMatchObject({ value: note });
    });

    test('is rolled back with it', async () => {
      await library.store.put(id, note, any);
      const work = library.transact(async (store) => {
        expect(await store.put(id, { title: 'c', text: 'd' }, oneOf('1'))).toMatchObject({ kind: 'updated' });
        throw new Error('of the rest of the work');
      });
      await expect(work).rejects.toThrow('of the rest of the work');
      expect(await library.store.get(id)).toMatchObject({ version: '1', value: note });
    });

    test('is there for the reads and the writes that come after it', async () => {
      await library.store.put(id, note, absent);
      await library.transact(async (store) => {
        await store.put(id, { ...note, title: 'second' }, oneOf('1'));
        expect(await store.get(id)).toMatchObject({ value: { title: 'second' } });
        expect(await store.put(id, note, oneOf('1'))).toMatchObject({ kind: 'stale', current: { version: '2' } });
      });
      expect(await library.store.get(id)).toMatchObject({ value: { title: 'second' } });
    });

    test('is committed after refusals of every kind', async () => {
      await library.store.put(`${id} taken`, note, absent);
      const kinds: string[] = [];
      await library.transact(async (store) => {
        kinds.push((await store.put(`${id} 1`, note, absent)).kind);
        kinds.push((await store.put(`${id} taken`, note, absent)).kind);
        kinds.push((await store.put(`${id} taken`, note, oneOf('7'))).kind);
        kinds.push((await store.delete(`${id} nothing`, any)).kind);
        kinds.push((await store.put(`${id} 2`, note, absent)).kind);
      });
      expect(kinds).toEqual(['created', 'exists', 'stale', 'missing', 'created']);
      expect(await library.store.get(`${id} 1`)).toMatchObject({ value: note });
      expect(await library.store.get(`${id} 2`)).toMatchObject({ value: note });
    });

    test.runIf(kind === 'PostgreSQL')('needs no second connection: more of them than connections end', async () => {
      const work = (i: number) =>
        library.transact(async (store) => {
          await store.put(`${id} ${i}`, note, any);
          await store.get(`${id} ${i}`);
        });
      await Promise.all(Array.from({ length: 24 }, (_, i) => work(i)));
      expect(await library.store.get(`${id} 23`)).toMatchObject({ value: note });
    });

    test.runIf(kind === 'PostgreSQL')('that conflicts is the serialization failure that PostgreSQL gave', async () => {
      await library.store.put(id, note, absent);
      const work = library.serialize(async (store) => {
        const { version = '' } = (await store.get(id)) ?? {};
        await library.store.put(id, { ...note, title: 'of another writer' }, any);
        await store.put(id, note, oneOf(version));
      });
      const error = await work.catch((error: unknown) => error);
      expect(codesOf(error)).toEqual(expect.arrayContaining([expect.stringMatching(/^(40001|P2034)$/)]));
      expect(codesOf(error)).not.toContain('25P02');
      expect(await library.store.get(id)).toMatchObject({ value: { title: 'of another writer' } });
    });
  });

  // These run last: the pool may hand the lost connection to the next test.
  describe.runIf(kind === 'PostgreSQL')('a write that waits for a lock', () => {
    /** Starts a write to a row that another client has locked. */
    async function waiting(): Promise<{ put: Promise<unknown>; pid: number; unlock(): Promise<void> }> {
      await library.store.put(id, note, absent);
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query('BEGIN');
      await client.query('SELECT FROM notes WHERE id = $1 FOR UPDATE', [id]);
      const put = library.store.put(id, note, oneOf('1')).catch((error: unknown) => error);
      const who = async () => (await query("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))[0]?.pid;
      await expect.poll(who).toBeTypeOf('number');
      return { put, pid: await who(), unlock: () => client.end() };
    }

    test('and whose connection the server ends has an unknown outcome', async () => {
      const { put, pid, unlock } = await waiting();
      await query('SELECT pg_terminate_backend($1)', [pid]);
      expect(await put).toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN' });
      await unlock();
    });
  });
});

test.skipIf(!server)("TypeORM's @VersionColumn does not protect: a stale save() succeeds", async () => {
  const Page = new EntitySchema<{ id: number; version: number; text: string }>({
    name: 'Page',
    columns: { id: { type: 'int', primary: true }, version: { type: 'int', version: true }, text: { type: 'text' } },
  });
  const source = await new DataSource({ type: 'postgres', url, entities: [Page], synchronize: true }).initialize();
  try {
    const pages = source.getRepository(Page);
    await pages.save({ id: 1, text: 'first' });
    const mine = await pages.findOneByOrFail({ id: 1 });
    const theirs = await pages.findOneByOrFail({ id: 1 });
    await pages.save({ ...theirs, text: 'theirs' });
    expect(await query('SELECT version, text FROM page')).toEqual([{ version: 2, text: 'theirs' }]);
    await pages.save({ ...mine, text: 'mine' });
    const [page] = await query('SELECT text FROM page');
    expect(page).toEqual({ text: 'mine' });
  } finally {
    await source.destroy();
  }
});
