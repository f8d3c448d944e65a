/** What the recipes keep. */
export interface Note {
  title: string;
  text: string;
}

/** The table of notes, by whatever name a library has for it. */
export const TABLE = `CREATE TABLE notes (
  id text PRIMARY KEY,
  version integer NOT NULL DEFAULT 1,
  title text NOT NULL,
  text text NOT NULL
)`;

/** A note as its row has it. */
export interface NoteRow extends Note {
  id: string;
  version: number;
}
