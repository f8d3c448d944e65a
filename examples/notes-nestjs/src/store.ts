import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
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
  await useWriteAheadLog(database);
  const store = sqliteStore<Note>(database, { table: 'notes' });
  const rows = database.prepare('SELECT value FROM notes ORDER BY rowid');
  return {
    ...store,
    list: async () => rows.all().map((row) => JSON.parse(row.value as string)),
    close: async () => database.close(),
  };
}

const SQLITE_BUSY = 5;

/** Several processes may open a new file at once. SQLite lets none of them wait for another to change its mode. */
async function useWriteAheadLog(database: DatabaseSync): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return database.exec('PRAGMA journal_mode = WAL');
    } catch (error) {
      if (tries === 100 || (error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    }
    await wait(20 * Math.random());
  }
}
