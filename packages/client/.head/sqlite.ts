import type { ResponseStore, StoredResponse } from './port.ts';

/** A connection: a `DatabaseSync` of node:sqlite, a `Database` of better-sqlite3, or what is shaped like one. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): {
    get(...params: (string | number | Uint8Array)[]): unknown;
    all(...params: (string | number | Uint8Array)[]): unknown[];
    run(...params: (string | number | Uint8Array)[]): unknown;
  };
}

/** Where a store keeps its rows, and for how long. */
export interface SqliteStoreOptions {
  /** The name of the table; it is created if it is not there. Letters, digits and underscores. @default 'responses' */
  table?: string | undefined;
  /** How long a response is kept after it was last stored or validated, in ms. @default 30 days */
  ttl?: number | undefined;
}

const DAY_MS = 86_400_000;
const PUTS_BETWEEN_SWEEPS = 1000;

/**
 * A store in a table of a SQLite database: one file, for what outlives the process. Several processes may share it: give each
 * connection a busy timeout (`new DatabaseSync(file, { timeout: 500 })`), and the file `PRAGMA journal_mode = WAL`.
 *
 * @param db - an open connection, which stays the caller's
 * @throws TypeError when the name of the table is not an identifier
 * @throws the driver's error, when the table cannot be created
 */
export function sqliteStore(db: SqliteDatabase, options?: SqliteStoreOptions): ResponseStore {
  const { table = 'responses', ttl = 30 * DAY_MS } = options ?? {};
  if (!/^[A-Za-z_]\w*$/.test(table)) throw new TypeError(`${JSON.stringify(table)} is no name of a table`);
  const statements = open(db, table);
  let puts = 0;
  return {
    list(key) {
      const rows = statements.list.all(key, Date.now() - ttl) as { response: string }[];
      return rows.map(({ response }) => JSON.parse(response) as StoredResponse);
    },
    payload(key, id) {
      const row = statements.payload.get(key, id) as { payload: Uint8Array } | undefined;
      return row?.payload ?? null;
    },
    put(key, response, payload, replaces) {
      // Two steps, and none of them has to be undone: until the second is done, the most recent response counts.
      statements.put.run(key, response.id, JSON.stringify(response), payload, Date.now());
      if (replaces.length > 0) statements.remove.run(key, JSON.stringify(replaces));
      if (puts++ % PUTS_BETWEEN_SWEEPS === 0) statements.sweep.run(Date.now() - ttl);
    },
    freshen(key, response) {
      statements.freshen.run(JSON.stringify(response), Date.now(), key, response.id);
    },
    delete(key) {
      statements.delete.run(key);
    },
  };
}

function open(db: SqliteDatabase, table: string) {
  // The content comes last: SQLite reads what is before it without it.
  db.exec(`
    CREATE TABLE IF NOT EXISTS "${table}" (
      key TEXT NOT NULL,
      id TEXT NOT NULL,
      used INTEGER NOT NULL,
      response TEXT NOT NULL,
      payload BLOB NOT NULL,
      PRIMARY KEY (key, id)
    );
    CREATE INDEX IF NOT EXISTS "${table}_used" ON "${table}" (used);
  `);
  return {
    list: db.prepare(`SELECT response FROM "${table}" WHERE key = ? AND used >= ?`),
    payload: db.prepare(`SELECT payload FROM "${table}" WHERE key = ? AND id = ?`),
    put: db.prepare(`INSERT INTO "${table}" (key, id, response, payload, used) VALUES (?, ?, ?, ?, ?)`),
    remove: db.prepare(`DELETE FROM "${table}" WHERE key = ? AND id IN (SELECT value FROM json_each(?))`),
    freshen: db.prepare(`UPDATE "${table}" SET response = ?, used = ? WHERE key = ? AND id = ?`),
    delete: db.prepare(`DELETE FROM "${table}" WHERE key = ?`),
    sweep: db.prepare(`DELETE FROM "${table}" WHERE used < ?`),
  };
}
