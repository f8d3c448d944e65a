import { postgresStore, postgresTable } from '@etag/concurrency/postgres';
import pg from 'pg';
import type { NoteFields } from '../../notes-hono/src/note.ts';

/** The one database of all nodes. */
export function openNotes(url: string, table: string) {
  const pool = new pg.Pool({ connectionString: url });
  // An idle connection that breaks is replaced by the pool; unheard, its error would end the process.
  pool.on('error', () => {});
  return {
    ...postgresStore<NoteFields>(pool, { table }),
    create: () => pool.query(postgresTable({ table })),
    drop: () => pool.query(`DROP TABLE "${table}"`),
    close: () => pool.end(),
  };
}

export type Notes = ReturnType<typeof openNotes>;
