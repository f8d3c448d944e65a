import type { Versioned } from '@etag/concurrency';

/** What the recipes keep. */
export interface Note {
  title: string;
  text: string;
}

/** The table that every recipe uses, by whatever name its library has for it. */
export const TABLE = `CREATE TABLE notes (
  id text PRIMARY KEY,
  version text NOT NULL,
  title text NOT NULL,
  text text NOT NULL
)`;

/** A note as its row has it. */
export interface NoteRow extends Note {
  id: string;
  version: string;
}

/** The row that a write stores: with a version that no row ever had, nor will have. */
export function rowOf(id: string, { title, text }: Note): NoteRow {
  return { id, version: crypto.randomUUID(), title, text };
}

/** The note of a row; null where there is no row. */
export function noteOf(row: NoteRow | null | undefined): Versioned<Note> | null {
  return row ? { version: row.version, value: { title: row.title, text: row.text } } : null;
}
