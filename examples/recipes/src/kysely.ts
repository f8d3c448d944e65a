import { compareAndSetStore, type VersionedStore } from '@etag/concurrency';
import { postgresFailure } from '@etag/concurrency/postgres';
import type { Kysely } from 'kysely';
import { type Note, type NoteRow, noteOf, rowOf } from './note.ts';

/**
 * Notes by Kysely.
 *
 * @param db - of PostgreSQL; a `Transaction` makes the writes part of it
 */
export function noteStore(db: Kysely<{ notes: NoteRow }>): VersionedStore<string, Note> {
  const notes = (id: string) => db.selectFrom('notes').selectAll().where('id', '=', id).executeTakeFirst();
  return compareAndSetStore({
    get: async (id) => noteOf(await notes(id)),
    version: async (id) => noteOf(await notes(id)),
    async create(id, note) {
      const insert = db.insertInto('notes').values(rowOf(id, note));
      return noteOf(
        await insert
          .onConflict((on) => on.column('id').doNothing())
          .returningAll()
          .executeTakeFirst(),
      );
    },
    async replace(id, note, version) {
      const update = db.updateTable('notes').set(rowOf(id, note)).where('id', '=', id);
      const condition = version === null ? update : update.where('version', '=', version);
      return noteOf(await condition.returningAll().executeTakeFirst());
    },
    async remove(id, version) {
      const remove = db.deleteFrom('notes').where('id', '=', id);
      const condition = version === null ? remove : remove.where('version', '=', version);
      return (await condition.executeTakeFirst()).numDeletedRows > 0n;
    },
    isInTransaction: () => db.isTransaction,
    failure: postgresFailure,
  });
}
