import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { absent, any, type Outcome, oneOf, type VersionedStore } from '@etag/concurrency';
import { testVersionedStore } from '@etag/concurrency/testing';
import { IsolationLevel, MikroORM } from '@mikro-orm/postgresql';
import { PrismaPg } from '@prisma/adapter-pg';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { available, startPostgres } from 'servers';
import { DataSource, EntitySchema } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as byDrizzle from './drizzle.ts';
import * as byKysely from './kysely.ts';
import * as byMikroOrm from './mikro-orm.ts';
import { type Note, type NoteRow, TABLE } from './note.ts';
import * as byPrisma from './prisma.ts';
import * as byTypeOrm from './typeorm.ts';

const server = await available('the recipes for query builders and ORMs', startPostgres);
const url = server?.url ?? '';

type Work = (store: VersionedStore<string, Note>) => Promise<void>;

/** A library, opened on the server. */
interface Library {
  store: VersionedStore<string, Note>;
  /** Runs some work in a transaction of the library's own. */
  transact(work: Work): Promise<void>;
  /** The same, serializable. */
  serialize(work: Work): Promise<void>;
  close(): Promise<unknown>;
}

const libraries: Record<string, () => Promise<Library>> = {
  async Kysely() {
    const pool = new pg.Pool({ connectionString: url });
    const db = new Kysely<{ notes: NoteRow }>({ dialect: new PostgresDialect({ pool }) });
    return {
      store: byKysely.noteStore(db),
      transact: (work) => db.transaction().execute((transaction) => work(byKysely.noteStore(transaction))),
      serialize: (work) =>
        db
          .transaction()
          .setIsolationLevel('serializable')
          .execute((transaction) => work(byKysely.noteStore(transaction))),
      close: () => db.destroy(),
    };
  },
  async Drizzle() {
    const pool = new pg.Pool({ connectionString: url });
    const db = drizzle({ client: pool });
    return {
      store: byDrizzle.noteStore(db),
      transact: (work) => db.transaction((transaction) => work(byDrizzle.noteStore(transaction))),
      serialize: (work) =>
        db.transaction((transaction) => work(byDrizzle.noteStore(transaction)), { isolationLevel: 'serializable' }),
      close: () => pool.end(),
    };
  },
  async Prisma() {
    const { PrismaClient } = await import('../prisma/generated/client.ts');
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) });
    return {
      store: byPrisma.noteStore(prisma),
      transact: (work) =>
        prisma.$transaction((transaction) => work(byPrisma.noteStore(transaction)), { maxWait: 20_000 }),
      serialize: (work) =>
        prisma.$transaction((transaction) => work(byPrisma.noteStore(transaction)), { isolationLevel: 'Serializable' }),
      close: () => prisma.$disconnect(),
    };
  },
  async TypeORM() {
    const source = await new DataSource({ type: 'postgres', url, entities: [byTypeOrm.NoteEntity] }).initialize();
    const { manager } = source;
    return {
      store: byTypeOrm.noteStore(source.getRepository(byTypeOrm.NoteEntity)),
      transact: (work) => manager.transaction((m) => work(byTypeOrm.noteStore(m.getRepository(byTypeOrm.NoteEntity)))),
      serialize: (work) =>
        manager.transaction('SERIALIZABLE', (m) => work(byTypeOrm.noteStore(m.getRepository(byTypeOrm.NoteEntity)))),
      close: () => source.destroy(),
    };
  },
  async MikroORM() {
    const orm = await MikroORM.init({ clientUrl: url, entities: [byMikroOrm.NoteEntity] });
    const em = orm.em.fork();
    return {
      store: byMikroOrm.noteStore(em),
      transact: (work) => orm.em.fork().transactional((transaction) => work(byMikroOrm.noteStore(transaction))),
      serialize: (work) =>
        orm.em.fork().transactional((transaction) => work(byMikroOrm.noteStore(transaction)), {
          isolationLevel: IsolationLevel.SERIALIZABLE,
        }),
      close: () => orm.close(),
    };
  },
};

/** Any JSON value as a note, for the contract suite. */
function keepingJson(store: VersionedStore<string, Note>): VersionedStore<string, unknown> {
  const parsed = <O extends Outcome<Note>>(outcome: O) =>
    ('value' in outcome ? { ...outcome, value: JSON.parse(outcome.value.text) } : outcome) as O;
  return {
    ...store,
    async get(key, options) {
      const found = await store.get(key, options);
      return found && { ...found, value: JSON.parse(found.value.text) };
    },
    async put(key, value, expectation, options) {
      return parsed(await store.put(key, { title: '', text: JSON.stringify(value) }, expectation, options));
    },
  };
}

/** The codes of an error and of those that it wraps. */
function codesOf(error: unknown): unknown[] {
  const { code, cause, driverError } = Object(error) as { code?: unknown; cause?: unknown; driverError?: unknown };
  return [code, ...[cause, driverError].flatMap((inner) => (inner ? codesOf(inner) : []))];
}

beforeAll(async () => {
  if (!server) return;
  await query(TABLE);
  // Only migrations want Prisma's engine, and it would be fetched.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' };
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  execFileSync('node_modules/.bin/prisma', ['generate', '--schema', 'prisma/schema.prisma'], { cwd, env });
});
afterAll(() => server?.stop());

async function query(text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

describe.skipIf(!server).each(Object.entries(libraries))('%s', (_, open) => {
  let library: Library;
  beforeAll(async () => {
    library = await open();
  });
  afterAll(() => library.close());

  testVersionedStore(test, async () => ({ store: keepingJson(library.store) }));

  test('another unique column that has the value already is an error, and no contention', async () => {
    await query("CREATE UNIQUE INDEX one_title ON notes (title) WHERE title LIKE 'one of %'");
    const [id, title] = [crypto.randomUUID(), `one of ${crypto.randomUUID()}`];
    await library.store.put(id, { title, text: '' }, absent);
    for (const expectation of [absent, any]) {
      const error = await library.store
        .put(`${id} 2`, { title, text: '' }, expectation)
        .catch((error: unknown) => error);
      expect(error).toBeInstanceOf(Error);
      expect(codesOf(error)).not.toContain('ETAG_OUTCOME_UNKNOWN');
    }
    expect(await library.store.get(`${id} 2`)).toBeNull();
    await query('DROP INDEX one_title');
  });

  describe('a write in a transaction of the library', () => {
    const note = { title: 'a', text: 'b' };
    let id: string;
    beforeEach(() => {
      id = crypto.randomUUID();
    });

    test('is committed with it', async () => {
      await library.transact(async (store) => {
        expect(await store.put(id, note, absent)).toMatchObject({ kind: 'created', value: note });
      });
      expect(await library.store.get(id)).toMatchObject({ value: note });
    });

    test('is rolled back with it', async () => {
      const outcome = await library.store.put(id, note, any);
      const version = 'version' in outcome ? outcome.version : '';
      const work = library.transact(async (store) => {
        expect(await store.put(id, { title: 'c', text: 'd' }, oneOf(version))).toMatchObject({ kind: 'updated' });
        throw new Error('of the rest of the work');
      });
      await expect(work).rejects.toThrow('of the rest of the work');
      expect(await library.store.get(id)).toMatchObject({ version, value: note });
    });

    test('is there for the reads and the writes that come after it', async () => {
      const { version } = (await library.store.put(id, note, absent)) as { version: string };
      await library.transact(async (store) => {
        const second = await store.put(id, { ...note, title: 'second' }, oneOf(version));
        expect(await store.get(id)).toMatchObject({ value: { title: 'second' } });
        expect(await store.put(id, note, oneOf(version))).toMatchObject({
          kind: 'stale',
          current: { version: (second as { version: string }).version },
        });
      });
      expect(await library.store.get(id)).toMatchObject({ value: { title: 'second' } });
    });

    test('is committed after refusals of every kind', async () => {
      await library.store.put(`${id} taken`, note, absent);
      const kinds: string[] = [];
      await library.transact(async (store) => {
        kinds.push((await store.put(`${id} 1`, note, absent)).kind);
        kinds.push((await store.put(`${id} taken`, note, absent)).kind);
        kinds.push((await store.put(`${id} taken`, note, oneOf('old'))).kind);
        kinds.push((await store.delete(`${id} nothing`, any)).kind);
        kinds.push((await store.put(`${id} 2`, note, absent)).kind);
      });
      expect(kinds).toEqual(['created', 'exists', 'stale', 'missing', 'created']);
      expect(await library.store.get(`${id} 1`)).toMatchObject({ value: note });
      expect(await library.store.get(`${id} 2`)).toMatchObject({ value: note });
    });

    test('needs no second connection: more transactions than connections end', async () => {
      const work = (i: number) =>
        library.transact(async (store) => {
          await store.put(`${id} ${i}`, note, any);
          await store.get(`${id} ${i}`);
        });
      await Promise.all(Array.from({ length: 24 }, (_, i) => work(i)));
      expect(await library.store.get(`${id} 23`)).toMatchObject({ value: note });
    });

    test('that conflicts with another one is the serialization failure that PostgreSQL gave', async () => {
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
