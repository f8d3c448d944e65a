import { DatabaseSync } from 'node:sqlite';
import type { VersionedStore } from '@etag/concurrency';
import { sqliteStore } from '@etag/concurrency/sqlite';
import type { Note } from './note.ts';

/** The store that reads and writes go through, and what it does not do. */
export interface Notes extends VersionedStore<string, Note> {
  /** All notes, the oldest first. */
  list(): Promise<Note[]>;
  close(): Promise<void>;
}

/** Opens the notes in a SQLite file. */
export async function openNotes(file: string): Promise<Notes> {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec('PRAGMA journal_mode = WAL');
  const store = sqliteStore<Note>(database, { table: 'notes' });
  const rows = database.prepare('SELECT value FROM notes ORDER BY rowid');
  return {
    ...store,
    list: async () => rows.all().map((row) => JSON.parse(row.value as string)),
    close: async () => database.close(),
  };
}
