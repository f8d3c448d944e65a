import { compareAndSetStore, type VersionedStore } from '@etag/concurrency';
import { postgresFailure } from '@etag/concurrency/postgres';
import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import { type Note, noteOf, rowOf } from './note.ts';

export const NoteEntity = defineEntity({
  name: 'Note',
  tableName: 'notes',
  properties: {
    id: p.text().primary(),
    version: p.text(),
    title: p.text(),
    text: p.text(),
  },
});

/**
 * Notes by MikroORM.
 *
 * @param em - within `em.transactional()` that one's, which makes the writes part of the transaction
 */
export function noteStore(em: EntityManager): VersionedStore<string, Note> {
  // With an identity map of its own: that of `em` would give the row as it was when it was first read.
  const find = async (id: string) =>
    noteOf(await em.fork({ keepTransactionContext: true }).findOne(NoteEntity, { id }));
  const only = (id: string, version: string | null) => (version === null ? { id } : { id, version });
  return compareAndSetStore({
    get: find,
    version: find,
    // Not insert(), which fails where the key is taken, and so ends the transaction that it is in.
    async create(id, note) {
      const row = rowOf(id, note);
      const { affectedRows } = await em
        .createQueryBuilder(NoteEntity)
        .insert(row)
        .onConflict('id')
        .ignore()
        .execute('run');
      return affectedRows > 0 ? noteOf(row) : null;
    },
    async replace(id, note, version) {
      const row = rowOf(id, note);
      return (await em.nativeUpdate(NoteEntity, only(id, version), row)) > 0 ? noteOf(row) : null;
    },
    async remove(id, version) {
      return (await em.nativeDelete(NoteEntity, only(id, version))) > 0;
    },
    isInTransaction: () => em.isInTransaction(),
    failure: postgresFailure,
  });
}
