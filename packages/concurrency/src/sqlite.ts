import { type CurrentVersion, type Expectation, holds } from './expectation.js';
import { type Refused, refused } from './outcome.js';
import { type CallOptions, stateOf, type VersionedStore } from './port.js';
import { atomically, isBusy, retryWhileBusy, type SqliteDatabase } from './sqlite-transaction.js';

export type { SqliteDatabase };

/** Where in the database a store keeps its rows. */
export interface SqliteStoreOptions {
  /** The name of the table; it is created if it is not there. Letters, digits and underscores, no digit first. */
  table: string;
}

/**
 * A store in a table of a SQLite database: each write is one transaction, also between processes that share the file.
 * Values are kept as JSON. Write-ahead logging (`PRAGMA journal_mode = WAL`) keeps readers and the writer out of each
 * other's way, and a busy timeout spares retries: both are set on the connection, which stays yours.
 *
 * @param db - an open connection: a `DatabaseSync` of node:sqlite or a `Database` of better-sqlite3
 * @param options - `table`: the name of its table
 * @returns a store; where the lock could not be had for five seconds, a write is `contended`
 * @throws TypeError when the name of the table is not an identifier; from the methods, when a key is not well-formed
 *   Unicode or a value is not JSON
 * @throws the driver's error, when the table cannot be created
 * @see https://sqlite.org/lang_transaction.html
 */
export function sqliteStore<T>(db: SqliteDatabase, options: SqliteStoreOptions): VersionedStore<string, T> {
  let opened: Table | undefined;
  const open = () => (opened ??= openTable(db, options.table));
  try {
    open();
  } catch (error) {
    // Another process is writing just now: the first call, which can wait, opens the table.
    if (!isBusy(error)) throw error;
  }

  function onTable<R>(use: (table: Table) => R, options: CallOptions | undefined): Promise<R> {
    return retryWhileBusy(() => use(open()), options);
  }

  /** The one atomic step: reads the version, evaluates the expectation, writes. */
  async function write<R>(
    key: string,
    expectation: Expectation,
    options: CallOptions | undefined,
    apply: (table: Table, current: CurrentVersion | null) => R,
  ): Promise<R | Refused> {
    const step = (table: Table) => {
      const current = currentOf(table.version.get(checked(key)));
      return holds(expectation, current) ? apply(table, current) : refused(expectation, current);
    };
    try {
      return await onTable((table) => atomically(db, () => step(table)), options);
    } catch (error) {
      if (isBusy(error)) return { kind: 'contended' };
      throw error;
    }
  }

  return {
    async get(key, options) {
      const row = await onTable((table) => table.value.get(checked(key)), options);
      const current = currentOf(row);
      return current && { ...current, value: JSON.parse((row as { value: string }).value) as T };
    },
    async state(key, options) {
      return stateOf(currentOf(await onTable((table) => table.version.get(checked(key)), options)));
    },
    async put(key, value, expectation, options) {
      const json = toJson(value);
      return write(key, expectation, options, (table, current) => {
        const written = currentOf(table.upsert.get(key, json, Date.now())) as CurrentVersion;
        return { kind: current ? 'updated' : 'created', ...written, value: JSON.parse(json) as T };
      });
    },
    async delete(key, expectation, options) {
      return write(key, expectation, options, (table, current) => {
        if (!current) return { kind: 'missing' };
        table.delete.run(key);
        return { kind: 'deleted' };
      });
    },
  };
}

type Table = ReturnType<typeof openTable>;

/** The table and what is done with it. */
function openTable(db: SqliteDatabase, name: string) {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a table`);
  // AUTOINCREMENT never gives an incarnation twice: a key that is deleted and created again repeats no version.
  db.exec(`CREATE TABLE IF NOT EXISTS "${name}" (
    incarnation INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    counter INTEGER NOT NULL,
    value TEXT NOT NULL,
    modified INTEGER NOT NULL
  )`);
  return {
    version: db.prepare(`SELECT incarnation, counter, modified FROM "${name}" WHERE key = ?`),
    value: db.prepare(`SELECT incarnation, counter, modified, value FROM "${name}" WHERE key = ?`),
    // The clock may be set back; the modification time of a key does not follow.
    upsert: db.prepare(`INSERT INTO "${name}" (key, counter, value, modified) VALUES (?, 1, ?, ?)
      ON CONFLICT (key) DO UPDATE
      SET counter = counter + 1, value = excluded.value, modified = max(modified, excluded.modified)
      RETURNING incarnation, counter, modified`),
    delete: db.prepare(`DELETE FROM "${name}" WHERE key = ?`),
  };
}

/** The version of a row as the driver gives it, numbers or bigints; null where there is no row. */
function currentOf(row: unknown): CurrentVersion | null {
  if (!row) return null;
  const { incarnation, counter, modified } = row as Record<'incarnation' | 'counter' | 'modified', number | bigint>;
  return { version: `${incarnation}.${counter}`, modified: Number(modified) };
}

/** SQLite keeps UTF-8, in which two keys that differ in a lone surrogate would be the same. */
function checked(key: string): string {
  if (/\p{Surrogate}/u.test(key)) throw new TypeError(`The key ${JSON.stringify(key)} is not well-formed Unicode`);
  return key;
}

function toJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`${String(value)} is not a JSON value`);
  return json;
}
