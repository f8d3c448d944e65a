import { createRequire } from 'node:module';
import type { VersionedStore } from '@etag/concurrency';
import {
  defineEntity,
  IsolationLevel,
  type EntityManager as MikroEntityManager,
  OptimisticLockError,
  p,
} from '@mikro-orm/core';
import { MikroORM as LibsqlOrm } from '@mikro-orm/libsql';
import { MikroORM as PostgresOrm, type SqlEntityManager } from '@mikro-orm/postgresql';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { PrismaPg } from '@prisma/adapter-pg';
import { and, eq } from 'drizzle-orm';
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import * as pgCore from 'drizzle-orm/pg-core';
import * as sqliteCore from 'drizzle-orm/sqlite-core';
import knexOf, { type Knex } from 'knex';
import { Kysely, PostgresDialect, SqliteDialect, type Transaction } from 'kysely';
import Database from 'libsql';
import pg from 'pg';
import * as sequelizeOrm from 'sequelize';
import { DataSource, EntitySchema } from 'typeorm';
import { drizzleStore } from './drizzle.ts';
import { knexStore } from './knex.ts';
import { kyselyStore } from './kysely.ts';
import { mikroOrmStore } from './mikro-orm.ts';
import type { Note, NoteRow } from './note.ts';
import { prismaStore } from './prisma.ts';
import { sequelizeStore } from './sequelize.ts';
import { typeormStore } from './typeorm.ts';

// The libraries that the recipes are tested with, each as an application opens it.

type Work = (store: VersionedStore<string, Note>) => Promise<void>;

/** A library, opened on a database. */
export interface Library {
  store: VersionedStore<string, Note>;
  /** Adds one to the number that the text of a note is, as an application of the library does; false where another writer came first. */
  increment(id: string): Promise<boolean>;
  /** Runs some work in a transaction of the library's own. */
  transact(work: Work): Promise<unknown>;
  /** The same, serializable. */
  serialize(work: Work): Promise<unknown>;
  close(): unknown;
}

/** How to open a library on each of the databases: by a URL of PostgreSQL, by the path of a file of SQLite. */
export type Opening = Partial<Record<'PostgreSQL' | 'SQLite', (address: string) => Promise<Library>>>;

/** A pool whose lost connections end nobody's process: unheard, the error that tells of one would. */
function poolOf(connectionString: string): pg.Pool {
  return new pg.Pool({ connectionString }).on('error', () => {});
}

const next = ({ text }: Note) => `${Number(text) + 1}`;

function kysely(db: Kysely<{ notes: NoteRow }>): Library {
  const within = (work: Work) => (tx: Transaction<{ notes: NoteRow }>) => work(kyselyStore(tx, 'notes'));
  return {
    store: kyselyStore(db, 'notes'),
    async increment(id) {
      const note = await db.selectFrom('notes').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      const { numUpdatedRows } = await db
        .updateTable('notes')
        .set({ text: next(note), version: note.version + 1 })
        .where('id', '=', id)
        .where('version', '=', note.version)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    transact: (work) => db.transaction().execute(within(work)),
    serialize: (work) => db.transaction().setIsolationLevel('serializable').execute(within(work)),
    close: () => db.destroy(),
  };
}

function knex(db: Knex): Library {
  const within = (work: Work) => (tx: Knex.Transaction) => work(knexStore<NoteRow>(tx, 'notes'));
  return {
    store: knexStore<NoteRow>(db, 'notes'),
    async increment(id) {
      const note = await db<NoteRow>('notes').where({ id }).first();
      if (!note) return false;
      const { version } = note;
      return (
        (await db('notes')
          .where({ id, version })
          .update({ text: next(note), version: version + 1 })) > 0
      );
    },
    transact: (work) => db.transaction(within(work)),
    serialize: (work) => db.transaction(within(work), { isolationLevel: 'serializable' }),
    close: () => db.destroy(),
  };
}

const pgNotes = pgCore.pgTable('notes', {
  id: pgCore.text().primaryKey(),
  version: pgCore.integer().notNull().default(1),
  title: pgCore.text().notNull(),
  text: pgCore.text().notNull(),
});

const sqliteNotes = sqliteCore.sqliteTable('notes', {
  id: sqliteCore.text().primaryKey(),
  version: sqliteCore.integer().notNull().default(1),
  title: sqliteCore.text().notNull(),
  text: sqliteCore.text().notNull(),
});

const drizzle: Opening = {
  async PostgreSQL(connectionString) {
    const pool = poolOf(connectionString);
    const db = drizzlePg({ client: pool });
    return {
      store: drizzleStore(db, pgNotes),
      async increment(id) {
        const [note] = await db.select().from(pgNotes).where(eq(pgNotes.id, id));
        if (!note) return false;
        const set = { text: next(note), version: note.version + 1 };
        const where = and(eq(pgNotes.id, id), eq(pgNotes.version, note.version));
        return (await db.update(pgNotes).set(set).where(where)).rowCount === 1;
      },
      transact: (work) => db.transaction((tx) => work(drizzleStore(tx, pgNotes))),
      serialize: (work) => db.transaction((tx) => work(drizzleStore(tx, pgNotes)), { isolationLevel: 'serializable' }),
      close: () => pool.end(),
    };
  },
  async SQLite(path) {
    const db = drizzleLibsql(`file:${path}`);
    const transact = (work: Work) => db.transaction((tx) => work(drizzleStore(tx, sqliteNotes)));
    return {
      store: drizzleStore(db, sqliteNotes),
      async increment(id) {
        const [note] = await db.select().from(sqliteNotes).where(eq(sqliteNotes.id, id));
        if (!note) return false;
        const set = { text: next(note), version: note.version + 1 };
        const where = and(eq(sqliteNotes.id, id), eq(sqliteNotes.version, note.version));
        return (await db.update(sqliteNotes).set(set).where(where)).rowsAffected === 1;
      },
      transact,
      serialize: transact,
      close: () => db.$client.close(),
    };
  },
};

async function prisma(provider: 'postgresql' | 'sqlite', address: string): Promise<Library> {
  // Two imports that are written out: one with a variable path finds nothing that is generated after this file is read.
  const { PrismaClient } = (await (provider === 'sqlite'
    ? import('../prisma/generated/sqlite/client.ts')
    : import('../prisma/generated/postgresql/client.ts'))) as typeof import('../prisma/generated/postgresql/client.ts');
  const adapter =
    provider === 'sqlite' ? new PrismaLibSql({ url: `file:${address}` }) : new PrismaPg({ connectionString: address });
  const client = new PrismaClient({ adapter });
  const storeOn = (prisma: object) => prismaStore<NoteRow>(prisma, 'note', { provider });
  return {
    store: storeOn(client),
    async increment(id) {
      const note = await client.note.findUniqueOrThrow({ where: { id } });
      const where = { id, version: note.version };
      return (await client.note.updateMany({ where, data: { text: next(note), version: { increment: 1 } } })).count > 0;
    },
    transact: (work) => client.$transaction((tx) => work(storeOn(tx)), { maxWait: 20_000 }),
    serialize: (work) => client.$transaction((tx) => work(storeOn(tx)), { isolationLevel: 'Serializable' }),
    close: () => client.$disconnect(),
  };
}

const TypeOrmNote = new EntitySchema<NoteRow>({
  name: 'Note',
  tableName: 'notes',
  columns: {
    id: { type: 'text', primary: true },
    version: { type: 'int', version: true },
    title: { type: 'text' },
    text: { type: 'text' },
  },
});

async function typeorm(source: DataSource): Promise<Library> {
  await source.initialize();
  const { manager } = source;
  const notes = source.getRepository(TypeOrmNote);
  return {
    store: typeormStore(notes),
    // Not save(), which does not compare the version. This counts by itself.
    async increment(id) {
      const note = await notes.findOneByOrFail({ id });
      return (await notes.update({ id, version: note.version }, { text: next(note) })).affected === 1;
    },
    transact: (work) => manager.transaction((tx) => work(typeormStore(tx.getRepository(TypeOrmNote)))),
    serialize: (work) => manager.transaction('SERIALIZABLE', (tx) => work(typeormStore(tx.getRepository(TypeOrmNote)))),
    close: () => source.destroy(),
  };
}

const MikroNote = defineEntity({
  name: 'Note',
  tableName: 'notes',
  properties: {
    id: p.text().primary(),
    version: p.integer().version(),
    title: p.text(),
    text: p.text(),
  },
});

function mikroOrm(orm: { em: MikroEntityManager; close(): Promise<void> }): Library {
  const storeOn = (em: MikroEntityManager) => mikroOrmStore<NoteRow>(em as SqlEntityManager, MikroNote);
  const isolationLevel = IsolationLevel.SERIALIZABLE;
  return {
    store: storeOn(orm.em.fork()),
    async increment(id) {
      const em = orm.em.fork();
      const note = await em.findOneOrFail(MikroNote, { id });
      note.text = next(note);
      try {
        await em.flush();
        return true;
      } catch (error) {
        if (error instanceof OptimisticLockError) return false;
        throw error;
      }
    },
    transact: (work) => orm.em.fork().transactional((em) => work(storeOn(em))),
    serialize: (work) => orm.em.fork().transactional((em) => work(storeOn(em)), { isolationLevel }),
    close: () => orm.close(),
  };
}

function sequelize(url: string): Library {
  const { DataTypes, OptimisticLockError, Sequelize, Transaction } = sequelizeOrm;
  const database = new Sequelize(url, { logging: false });
  const NoteModel = database.define(
    'Note',
    {
      id: { type: DataTypes.TEXT, primaryKey: true },
      title: DataTypes.TEXT,
      text: DataTypes.TEXT,
    },
    { tableName: 'notes', timestamps: false, version: true },
  );
  const within = (work: Work) => (transaction: sequelizeOrm.Transaction) =>
    work(sequelizeStore<NoteRow>(NoteModel, { transaction }));
  return {
    store: sequelizeStore<NoteRow>(NoteModel),
    async increment(id) {
      const note = await NoteModel.findByPk(id, { rejectOnEmpty: true });
      try {
        await note.update({ text: next(note.get() as NoteRow) });
        return true;
      } catch (error) {
        if (error instanceof OptimisticLockError) return false;
        throw error;
      }
    },
    transact: (work) => database.transaction(within(work)),
    serialize: (work) =>
      database.transaction({ isolationLevel: Transaction.ISOLATION_LEVELS.SERIALIZABLE }, within(work)),
    close: () => database.close(),
  };
}

const BetterSqlite3Client: typeof Knex.Client = createRequire(import.meta.url)('knex/lib/dialects/better-sqlite3');

/** Knex asks for better-sqlite3 by name; libsql has its API, and needs no compiler. */
class LibsqlClient extends BetterSqlite3Client {
  _driver() {
    return Database;
  }
}

/** The libraries, on the databases for which they have a driver that is installed without a compiler. */
export const libraries: Record<string, Opening> = {
  Kysely: {
    PostgreSQL: async (connectionString) =>
      kysely(new Kysely({ dialect: new PostgresDialect({ pool: poolOf(connectionString) }) })),
    SQLite: async (path) => kysely(new Kysely({ dialect: new SqliteDialect({ database: new Database(path) }) })),
  },
  Knex: {
    PostgreSQL: async (connection) => knex(knexOf({ client: 'pg', connection })),
    SQLite: async (filename) =>
      knex(knexOf({ client: LibsqlClient, connection: { filename }, useNullAsDefault: true })),
  },
  Drizzle: drizzle,
  Prisma: { PostgreSQL: (url) => prisma('postgresql', url), SQLite: (path) => prisma('sqlite', path) },
  TypeORM: {
    PostgreSQL: (url) => typeorm(new DataSource({ type: 'postgres', url, entities: [TypeOrmNote] })),
    SQLite: (database) =>
      typeorm(new DataSource({ type: 'better-sqlite3', database, driver: Database, entities: [TypeOrmNote] })),
  },
  MikroORM: {
    PostgreSQL: async (clientUrl) => mikroOrm(await PostgresOrm.init({ clientUrl, entities: [MikroNote] })),
    SQLite: async (dbName) => mikroOrm(await LibsqlOrm.init({ dbName, entities: [MikroNote] })),
  },
  Sequelize: { PostgreSQL: async (url) => sequelize(url) },
};
