import { compareAndSetStore, type VersionedStore } from '@etag/concurrency';
import { postgresFailure } from '@etag/concurrency/postgres';
import { and, eq } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { type Note, noteOf, rowOf } from './note.ts';

export const notes = pgTable('notes', {
  id: text().primaryKey(),
  version: text().notNull(),
  title: text().notNull(),
  text: text().notNull(),
});

/** Notes by Drizzle. */
export function noteStore(db: NodePgDatabase): VersionedStore<string, Note> {
  const only = (id: string, version: string | null) =>
    and(eq(notes.id, id), version === null ? undefined : eq(notes.version, version));
  const find = async (id: string) => noteOf((await db.select().from(notes).where(only(id, null)))[0]);
  return compareAndSetStore({
    get: find,
    version: find,
    async create(id, note) {
      const rows = await db.insert(notes).values(rowOf(id, note)).onConflictDoNothing({ target: notes.id }).returning();
      return noteOf(rows[0]);
    },
    async replace(id, note, version) {
      const rows = await db.update(notes).set(rowOf(id, note)).where(only(id, version)).returning();
      return noteOf(rows[0]);
    },
    async remove(id, version) {
      return (await db.delete(notes).where(only(id, version)).returning({ id: notes.id })).length > 0;
    },
    // Only a transaction can be rolled back.
    isInTransaction: () => 'rollback' in db,
    // What Drizzle throws has the error of the driver as its cause.
    failure: (error) => postgresFailure((error as Error).cause ?? error),
  });
}
