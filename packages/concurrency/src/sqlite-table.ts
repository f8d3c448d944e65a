import type { CurrentVersion } from './expectation.js';
import type { Versioned } from './outcome.js';
import { checked, fromColumns, namesOf, toColumns } from './row.js';
import type { TableOptions } from './table.js';

/** What a column may hold. A driver refuses the rest. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** A statement and its parameters. */
export type SqliteStatement = readonly [sql: string, parameters: readonly SqliteValue[]];

/** A row as the drivers give it: by the names of its columns. */
export type SqliteRow = Readonly<Record<string, unknown>>;

/**
 * The SQL that makes the table of a store; or, with `columns`, that gives a table which is there already what the store
 * needs. Its triggers give a new version to whatever other statements write.
 *
 * @param options - as they are given to the store
 * @returns one statement; with `columns` several, each with a semicolon at the end of its last line
 * @throws TypeError when a name is no identifier, or names two columns
 * @see https://sqlite.org/lang_altertable.html
 */
export function sqliteTable<T>(options: TableOptions<T>): string {
  const { table, key, version, modified, columns } = quotedNames(options);
  if (!options.columns) {
    const lines = [
      `${key} TEXT NOT NULL PRIMARY KEY`,
      `${version} TEXT NOT NULL`,
      ...modified.map((name) => `${name} INTEGER NOT NULL`),
      `${columns} TEXT NOT NULL`,
    ];
    return `CREATE TABLE IF NOT EXISTS ${table} (\n  ${lines.join(',\n  ')}\n);`;
  }
  const added = [`${version} TEXT`, ...modified.map((name) => `${name} INTEGER`)];
  const renewed = [
    `${version} = lower(hex(randomblob(16)))`,
    ...modified.map((name) => `${name} = max(coalesce(${name}, 0), ${NOW})`),
  ];
  const renew = `UPDATE ${table} SET ${renewed.join(', ')}`;
  const trigger = (event: string, condition: string) =>
    `CREATE TRIGGER "${options.table}_version_${event}" AFTER ${event} ON ${table} WHEN ${condition}
  BEGIN ${renew} WHERE ${key} = NEW.${key}; END`;
  return [
    ...added.map((column) => `ALTER TABLE ${table} ADD COLUMN ${column}`),
    renew,
    trigger('insert', `NEW.${version} IS NULL`),
    trigger('update', `NEW.${version} IS OLD.${version}`),
    '',
  ].join(';\n');
}

/** In ms since the epoch. */
const NOW = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

/** The statements on a table, and what its rows say. */
export type SqliteTable<T> = ReturnType<typeof tableOf<T>>;

export function tableOf<T>(options: TableOptions<T>) {
  const names = namesOf(options);
  const { table, key, version, modified, columns } = quotedNames(options);
  const current = [`CAST(${version} AS TEXT) AS ${version}`, ...modified].join(', ');
  const all = [current, ...columns].join(', ');
  // The first half finds the key in the index. A column of integers would take '07' for 7, a NOCASE one 'A' for 'a'.
  const isKey = `${key} = ? AND CAST(${key} AS TEXT) = ? COLLATE BINARY`;
  const isVersion = `CAST(${version} AS TEXT) = ? COLLATE BINARY`;
  const where = (of: string | null) => `WHERE ${isKey}${of === null ? '' : ` AND ${isVersion}`}`;
  const which = (name: string, of: string | null) => [checked(name), name, ...(of === null ? [] : [of])];
  const set = [
    `${version} = ?`,
    // The clock may be set back; the modification time of a key does not follow.
    ...modified.map((column) => `${column} = max(coalesce(${column}, 0), ?)`),
    ...columns.map((column) => `${column} = ?`),
  ].join(', ');
  const inserted = [key, version, ...modified, ...columns];
  const insert = `INSERT INTO ${table} (${inserted.join(', ')}) VALUES (${inserted.map(() => '?').join(', ')})`;

  function currentOf(row: SqliteRow): CurrentVersion {
    const name = row[names.version];
    const time = names.modified === null ? null : row[names.modified];
    if (name === null) throw new Error(`A row of ${table} has no ${version}: see what sqliteTable() prints.`);
    if (time === null) return { version: String(name) };
    if (!Number.isFinite(Number(time))) throw new Error(`In a row of ${table}, ${modified} is no time in ms: ${time}`);
    return { version: String(name), modified: Number(time) };
  }

  return {
    get: (name: string): SqliteStatement => [`SELECT ${all} FROM ${table} ${where(null)}`, which(name, null)],
    version: (name: string): SqliteStatement => [`SELECT ${current} FROM ${table} ${where(null)}`, which(name, null)],
    /** What a write makes of a row. A random version fits no other state of the key, nor one from before a restore. */
    rowOf: (value: T): SqliteValue[] => [
      crypto.randomUUID(),
      ...modified.map(() => Date.now()),
      ...(toColumns(value, options) as SqliteValue[]),
    ],
    create: (name: string, row: SqliteValue[]): SqliteStatement => [
      `${insert} ON CONFLICT (${key}) DO NOTHING RETURNING ${all}`,
      [checked(name), ...row],
    ],
    replace: (name: string, row: SqliteValue[], of: string | null): SqliteStatement => [
      `UPDATE ${table} SET ${set} ${where(of)} RETURNING ${all}`,
      [...row, ...which(name, of)],
    ],
    remove: (name: string, of: string | null): SqliteStatement => [
      `DELETE FROM ${table} ${where(of)} RETURNING ${version}`,
      which(name, of),
    ],
    currentOf,
    versionedOf(row: SqliteRow): Versioned<T> {
      const cells = names.columns.map((column) => row[column]);
      return { ...currentOf(row), value: fromColumns(cells, options) };
    },
  };
}

function quotedNames<T>(options: TableOptions<T>) {
  const { table, key, version, modified, columns } = namesOf(options);
  const quoted = (name: string) => `"${name}"`;
  return {
    table: quoted(table),
    key: quoted(key),
    version: quoted(version),
    /** One column, or none. */
    modified: modified === null ? [] : [quoted(modified)],
    columns: columns.map(quoted),
  };
}
