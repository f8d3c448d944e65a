import { sectionIn } from './key.ts';
import type { ResponseStore } from './port.ts';
import { parseStored } from './stored-shape.ts';

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
  /** The bytes of content and metadata, roughly; what was not used for the longest time goes first. @default 1 GiB */
  maxBytes?: number | undefined;
}

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;
/** How often the store is swept: after so many puts, or after this part of its size. */
const PUTS_BETWEEN_SWEEPS = 1000;
const PART_BETWEEN_SWEEPS = 1 / 16;
/** What a row takes beside its content and metadata. */
const ROW_BYTES = 128;
/** How long it is remembered that a key was deleted: longer than any response is on its way. */
const REMEMBERED_MS = DAY_MS;

/**
 * A store in a table of a SQLite database: one file, for what outlives the process. Several processes may share it: give each
 * connection a busy timeout (`new DatabaseSync(file, { timeout: 500 })`), and the file `PRAGMA journal_mode = WAL`.
 *
 * @param db - an open connection, which stays the caller's
 * @param options - the name of the table, and how much it holds
 * @returns the store
 * @throws TypeError when the name of the table is not an identifier, or `ttl` or `maxBytes` not a positive number
 * @throws the driver's error, when the table cannot be created
 */
export function sqliteStore(db: SqliteDatabase, options?: SqliteStoreOptions): ResponseStore {
  const { table = 'responses', ttl = 30 * DAY_MS, maxBytes = GIB } = options ?? {};
  if (!/^[A-Za-z_]\w*$/.test(table)) throw new TypeError(`${JSON.stringify(table)} is not a name for a table`);
  if (!(ttl > 0)) throw new TypeError(`ttl is ${ttl}; it is a positive number of ms`);
  if (!(maxBytes > 0)) throw new TypeError(`maxBytes is ${maxBytes}; it is a positive number of bytes`);
  const statements = open(db, table);
  let [puts, bytes] = [0, 0];

  function sweep(now: number): void {
    [puts, bytes] = [0, 0];
    statements.sweep.run(now - ttl);
    statements.sweepDeleted.run(now - REMEMBERED_MS);
    statements.shrink.run(maxBytes);
  }

  return {
    list(key) {
      const rows = statements.list.all(key, Date.now() - ttl) as { response: string }[];
      return rows.map(({ response }) => parseStored(response));
    },
    payload(key, id) {
      const row = statements.payload.get(key, id) as { payload: Uint8Array } | undefined;
      return row?.payload ?? null;
    },
    put(key, response, payload, replaces) {
      const json = JSON.stringify(response);
      const size = ROW_BYTES + key.length + json.length + payload.byteLength;
      const now = Date.now();
      // Two steps, and none of them has to be undone: until the second is done, the most recent response counts.
      statements.put.run(key, response.id, json, payload, now, size, key, sectionIn(key), response.requested);
      if (replaces.length > 0) statements.remove.run(key, JSON.stringify(replaces));
      bytes += size;
      if (puts++ % PUTS_BETWEEN_SWEEPS === 0 || bytes > maxBytes * PART_BETWEEN_SWEEPS) sweep(now);
    },
    freshen(key, response) {
      statements.freshen.run(JSON.stringify(response), Date.now(), key, response.id);
    },
    delete(key) {
      // First, so that nothing is put between the two.
      statements.remember.run(key, Date.now());
      statements.delete.run(key);
    },
    clear(section) {
      statements.remember.run(section, Date.now());
      // No character comes after this one.
      statements.clear.run(`${section} `, `${section} \u{10ffff}`);
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
      size INTEGER NOT NULL,
      response TEXT NOT NULL,
      payload BLOB NOT NULL,
      PRIMARY KEY (key, id)
    );
    CREATE INDEX IF NOT EXISTS "${table}_used" ON "${table}" (used, size);
    CREATE TABLE IF NOT EXISTS "${table}_deleted" (key TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
  `);
  return {
    list: db.prepare(`SELECT response FROM "${table}" WHERE key = ? AND used >= ?`),
    payload: db.prepare(`SELECT payload FROM "${table}" WHERE key = ? AND id = ?`),
    put: db.prepare(`
      INSERT INTO "${table}" (key, id, response, payload, used, size) SELECT ?, ?, ?, ?, ?, ?
      WHERE NOT EXISTS (SELECT 1 FROM "${table}_deleted" WHERE key IN (?, ?) AND time > ?)
    `),
    remove: db.prepare(`DELETE FROM "${table}" WHERE key = ? AND id IN (SELECT value FROM json_each(?))`),
    freshen: db.prepare(`UPDATE "${table}" SET response = ?, used = ? WHERE key = ? AND id = ?`),
    delete: db.prepare(`DELETE FROM "${table}" WHERE key = ?`),
    clear: db.prepare(`DELETE FROM "${table}" WHERE key >= ? AND key < ?`),
    remember: db.prepare(`INSERT OR REPLACE INTO "${table}_deleted" (key, time) VALUES (?, ?)`),
    sweep: db.prepare(`DELETE FROM "${table}" WHERE used < ?`),
    sweepDeleted: db.prepare(`DELETE FROM "${table}_deleted" WHERE time < ?`),
    // The index has all that is summed up.
    shrink: db.prepare(`
      DELETE FROM "${table}" WHERE rowid IN (
        SELECT rowid FROM (SELECT rowid, sum(size) OVER (ORDER BY used DESC, rowid DESC) AS sum FROM "${table}")
        WHERE sum > ?
      )
    `),
  };
}
