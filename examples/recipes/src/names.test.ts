import { absent, oneOf, type VersionedStore } from '@etag/concurrency';
import { drizzle } from 'drizzle-orm/libsql';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { type Generated, Kysely, SqliteDialect } from 'kysely';
import Database from 'libsql';
import { expect, expectTypeOf, test } from 'vitest';
import { drizzleStore } from './drizzle.ts';
import { kyselyStore } from './kysely.ts';

const TABLE = `CREATE TABLE books (
  isbn text PRIMARY KEY,
  lock_version integer NOT NULL DEFAULT 1,
  title text NOT NULL
)`;

interface Book {
  title: string;
}

async function testBooks(books: VersionedStore<string, Book>): Promise<void> {
  expect(await books.put('1', { title: 'a' }, absent)).toMatchObject({ version: '1' });
  expect(await books.put('1', { title: 'b' }, oneOf('1'))).toMatchObject({ version: '2', value: { title: 'b' } });
}

test('Kysely: a value has neither the key nor the version, whatever they are called', async () => {
  const database = new Database(':memory:');
  database.exec(TABLE);
  const db = new Kysely<{ books: { isbn: string; lock_version: Generated<number>; title: string } }>({
    dialect: new SqliteDialect({ database }),
  });
  const books = kyselyStore(db, 'books', { key: 'isbn', version: 'lock_version' });
  expectTypeOf(books).toEqualTypeOf<VersionedStore<string, Book>>();
  await testBooks(books);
  await db.destroy();
});

test('Drizzle: the same', async () => {
  const db = drizzle(':memory:');
  await db.run(TABLE);
  const table = sqliteTable('books', {
    isbn: text().primaryKey(),
    lockVersion: integer('lock_version').notNull().default(1),
    title: text().notNull(),
  });
  const books = drizzleStore(db, table, { key: 'isbn', version: 'lockVersion' });
  expectTypeOf(books).toExtend<VersionedStore<string, Book>>();
  await testBooks(books);
  db.$client.close();
});
