import type { DurableObjectStorage } from 'cloudflare:workers';
import type { VersionedStore } from '@etag/concurrency';
import { durableObjectStore } from '@etag/concurrency/durable-object';
import type { Note } from './note.ts';

/** The store that reads and writes go through, and what it does not do. */
export interface Notes extends VersionedStore<string, Note> {
  /** All notes, the oldest first. */
  list(): Promise<Note[]>;
}

/** Opens the notes in the SQLite database of a Durable Object. */
export function openNotes(storage: DurableObjectStorage): Notes {
  const store = durableObjectStore<Note>(storage, { table: 'notes' });
  return {
    ...store,
    list: async () => {
      const rows = storage.sql.exec('SELECT value FROM notes ORDER BY rowid').toArray();
      return rows.map((row) => JSON.parse(row.value as string));
    },
  };
}
