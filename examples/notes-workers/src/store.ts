import type { SqlStorage } from 'cloudflare:workers';
import type { VersionedStore } from '@etag/concurrency';
import { type SqliteDatabase, sqliteStore } from '@etag/concurrency/sqlite';
import type { Note } from './note.ts';

/** The store that reads and writes go through, and what it does not do. */
export interface Notes extends VersionedStore<string, Note> {
  /** All notes, the oldest first. */
  list(): Promise<Note[]>;
}

/** Opens the notes in the SQLite database of a Durable Object. */
export function openNotes(sql: SqlStorage): Notes {
  const store = sqliteStore<Note>(sqliteDatabase(sql), { table: 'notes' });
  return {
    ...store,
    list: async () => {
      const rows = sql.exec('SELECT value FROM notes ORDER BY rowid').toArray();
      return rows.map((row) => JSON.parse(row.value as string));
    },
  };
}

/**
 * The database in the form that the store knows. A Durable Object refuses BEGIN, and has no need of it: nobody else has its
 * database, what it runs without an await is not interrupted, and no response leaves before what was written is on disk.
 */
function sqliteDatabase(sql: SqlStorage): SqliteDatabase {
  const isTransaction = /^(BEGIN|COMMIT|ROLLBACK)/;
  return {
    exec: (statement) => isTransaction.test(statement) || sql.exec(statement),
    prepare: (statement) => {
      const all = (...params: unknown[]) => sql.exec(statement, ...params).toArray();
      return { all, get: (...params: unknown[]) => all(...params)[0] };
    },
  };
}
