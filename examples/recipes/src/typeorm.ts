import { compareAndSetStore, type VersionedStore } from '@etag/concurrency';
import { postgresFailure } from '@etag/concurrency/postgres';
import { EntitySchema, QueryFailedError, type Repository } from 'typeorm';
import { type Note, type NoteRow, noteOf, rowOf } from './note.ts';

export const NoteEntity = new EntitySchema<NoteRow>({
  name: 'Note',
  tableName: 'notes',
  columns: {
    id: { type: 'text', primary: true },
    // No @VersionColumn: a save() of a stale entity succeeds with one, and moves the version backwards.
    version: { type: 'text' },
    title: { type: 'text' },
    text: { type: 'text' },
  },
});

/**
 * Notes by TypeORM.
 *
 * @param repository - of a `DataSource`; that of the manager of a transaction makes the writes part of it
 */
export function noteStore(repository: Repository<NoteRow>): VersionedStore<string, Note> {
  const find = async (id: string) => noteOf(await repository.findOneBy({ id }));
  const only = (id: string, version: string | null) => (version === null ? { id } : { id, version });
  return compareAndSetStore({
    get: find,
    version: find,
    async create(id, note) {
      const row = rowOf(id, note);
      const insert = repository.createQueryBuilder().insert().values(row).orIgnore().returning('id');
      return ((await insert.execute()).raw as unknown[]).length > 0 ? noteOf(row) : null;
    },
    async replace(id, note, version) {
      const row = rowOf(id, note);
      return (await repository.update(only(id, version), row)).affected ? noteOf(row) : null;
    },
    async remove(id, version) {
      return Boolean((await repository.delete(only(id, version))).affected);
    },
    isInTransaction: () => repository.manager.queryRunner?.isTransactionActive ?? false,
    failure: (error) => postgresFailure(error instanceof QueryFailedError ? error.driverError : error),
  });
}
