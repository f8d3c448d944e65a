import type { CurrentVersion, Versioned } from '@etag/core';
import type { TableOptions } from '../sql/options.ts';
import { fromColumns, namesOf, toColumns } from '../sql/row.ts';
import { quotedNames } from './names.ts';

/** What a column may hold. A driver refuses the rest. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** A statement and its parameters. */
export type SqliteStatement = readonly [sql: string, parameters: readonly SqliteValue[]];

/** A row as the drivers give it: by the names of its columns. */
export type SqliteRow = Readonly<Record<string, unknown>>;

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
  const which = (name: string, of: string | null) => [name, name, ...(of === null ? [] : [of])];
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
    if (!Number.isFinite(Number(time)))
      throw new Error(`In a row of ${table}, ${modified} is not a time in ms: ${time}`);
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
      [name, ...row],
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
