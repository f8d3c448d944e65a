import type { CurrentVersion, Versioned } from '@etag/core';
import type { TableOptions } from '../sql/options.ts';
import { fromColumns, toColumns } from '../sql/row.ts';
import type { MysqlStatement, Written } from './connection.ts';
import { quotedNames } from './names.ts';

/** The statements on a table, and what its rows say. */
export type MysqlTable<T> = ReturnType<typeof tableOf<T>>;

export function tableOf<T>(options: TableOptions<T>) {
  const { table, key, version, modified, columns } = quotedNames(options);
  const current = [`CONVERT(${version} USING utf8mb4)`, ...modified.map((name) => `CAST(${toMs(name)} AS CHAR)`)];
  // The first half finds the key in the index. A column of numbers would take '7a' for 7, most of text 'A' or 'a ' for 'a'.
  const isKey = `${key} = ? AND CONVERT(${key} USING utf8mb4) = CAST(? AS BINARY)`;
  const isVersion = `${version} = CAST(? AS BINARY)`;
  const where = (of: string | null) => `WHERE ${isKey}${of === null ? '' : ` AND ${isVersion}`}`;
  const which = (name: string, of: string | null) => [name, name, ...(of === null ? [] : [of])];
  const insert = `INSERT INTO ${table} (${[key, version, ...columns, ...modified]})
    VALUES (?, ?, ${[...columns.map(() => '?'), ...modified.map(() => fromMs(TIME))]})`;
  const set = [
    `${version} = ?`,
    ...columns.map((name) => `${name} = ?`),
    // The clock may be set back; the modification time of a key does not follow. What it is now, is the insertId.
    ...modified.map((name) => `${name} = ${fromMs(`LAST_INSERT_ID(GREATEST(COALESCE(${toMs(name)}, 0), ${TIME}))`)}`),
  ];

  /** What a write makes of a row. A random version fits no other state of the key, nor one from before a restore. */
  function next(value: T) {
    const cells = toColumns(value, options);
    const name = crypto.randomUUID();
    const times = modified.map(() => Date.now());
    const stored = (time: unknown) => versionedOf([name, ...times.map(() => time), ...cells]);
    return { parameters: [name, ...cells, ...times], stored, times };
  }

  function currentOf([name, time]: readonly unknown[]): CurrentVersion {
    return modified.length > 0 && time !== null
      ? { version: String(name), modified: Number(String(time)) }
      : { version: String(name) };
  }

  function versionedOf(row: readonly unknown[]): Versioned<T> {
    return { ...currentOf(row), value: fromColumns(row.slice(current.length), options) };
  }

  return {
    /** @param isInTransaction - whether to read the latest version, in a transaction that else sees one as old as itself */
    get: (name: string, isInTransaction: boolean): MysqlStatement => [
      `SELECT ${[...current, ...columns]} FROM ${table} ${where(null)}${isInTransaction ? ' FOR UPDATE' : ''}`,
      which(name, null),
    ],
    // A share lock: those who lost to a creation all have one already, and would wait for each other's to go.
    version: (name: string, isInTransaction: boolean): MysqlStatement => [
      `SELECT ${current} FROM ${table} ${where(null)}${isInTransaction ? ' LOCK IN SHARE MODE' : ''}`,
      which(name, null),
    ],
    create(name: string, value: T) {
      const { parameters, stored, times } = next(value);
      const statement: MysqlStatement = [insert, [name, ...parameters]];
      return { statement, stored: stored(times[0]) };
    },
    replace(name: string, value: T, of: string | null) {
      const { parameters, stored } = next(value);
      const statement: MysqlStatement = [
        `UPDATE ${table} SET ${set} ${where(of)}`,
        [...parameters, ...which(name, of)],
      ];
      return { statement, stored: ({ insertId }: Written) => stored(insertId) };
    },
    remove: (name: string, of: string | null): MysqlStatement => [`DELETE FROM ${table} ${where(of)}`, which(name, of)],
    currentOf,
    versionedOf,
  };
}

/** The parameter that is a time, in ms since the epoch. */
const TIME = 'CAST(? AS SIGNED)';

// A DATETIME has no time zone, and neither does this: that of the session does not matter.
const EPOCH = "TIMESTAMP'1970-01-01 00:00:00'";
const toMs = (column: string) => `TIMESTAMPDIFF(MICROSECOND, ${EPOCH}, ${column}) DIV 1000`;
const fromMs = (time: string) => `${EPOCH} + INTERVAL ${time} * 1000 MICROSECOND`;
