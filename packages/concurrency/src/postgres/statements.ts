import type { CurrentVersion, Versioned } from '@etag/core';
import { toJson } from '../json.ts';
import type { TableOptions } from '../sql/options.ts';
import { fromColumns, toColumns } from '../sql/row.ts';
import type { PostgresStatement } from './connection.ts';
import { advanced, type Names, quoted, quotedNames, XMIN } from './names.ts';

/** The statements on a table, and what their rows say. */
export type PostgresTable<T> = ReturnType<typeof tableOf<T>>;

/** @param isJson - which columns are of JSON, as `readSchema` found them; what only reads need not know */
export function tableOf<T>(options: TableOptions<T>, isJson: readonly boolean[] = []) {
  const names = quotedNames(options);
  const texts = textsOf(names, isJson, !options.columns);

  function currentOf([version, time]: readonly unknown[]): CurrentVersion {
    return names.modified.length > 0 && time !== null
      ? { version: String(version), modified: Number(time) }
      : { version: String(version) };
  }

  function versionedOf(row: readonly unknown[]): Versioned<T> {
    return { ...currentOf(row), value: fromColumns(row.slice(1 + names.modified.length), options) };
  }

  /** A value as parameters, and what the row says of it that was written. */
  function next(value: T) {
    const cells = toColumns(value, options);
    // Drivers differ in how they send an array or a text as JSON: it goes as the text of it.
    if (options.columns)
      return { cells: cells.map((cell, i) => (isJson[i] && cell !== null ? toJson(cell) : cell)), stored: versionedOf };
    return { cells, stored: (row: readonly unknown[]) => versionedOf([...row, ...cells]) };
  }

  return {
    get: (key: string): PostgresStatement => [texts.get, [key]],
    version: (key: string): PostgresStatement => [texts.version, [key]],
    create(key: string, value: T) {
      const { cells, stored } = next(value);
      const statement: PostgresStatement = [texts.create, [key, ...cells]];
      return { statement, stored };
    },
    replace(key: string, value: T, version: string | null) {
      const { cells, stored } = next(value);
      const statement: PostgresStatement = [texts.replace, [key, version, ...cells]];
      return { statement, stored };
    },
    remove: (key: string, version: string | null): PostgresStatement => [texts.remove, [key, version]],
    currentOf,
    versionedOf,
  };
}

/**
 * The statements of a store. Each is one atomic step: an UPDATE or DELETE that had to wait for another transaction looks
 * at its WHERE again, or fails where the isolation level keeps it from seeing what the other wrote.
 *
 * @param isJson - which columns are of JSON
 * @param isOwn - whether they are one of JSON, which is kept as it was sent
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
 */
function textsOf({ table, key, version, modified, columns }: Names, isJson: readonly boolean[], isOwn: boolean) {
  const state = [
    `${version}::text`,
    ...modified.map((name) => `floor(extract(epoch FROM ${name}::timestamptz) * 1000)::float8`),
  ];
  const row = [...state, ...columns.map((name) => (isOwn ? `${name}::text` : name))];
  const written = isOwn ? state : row;
  const parameter = (n: number, i: number) => `$${n + i}${isJson[i] ? '::text::json' : ''}`;
  const isCurrent = `${key} = $1 AND ($2::text IS NULL OR ${version}::text = $2)`;
  const set = [
    ...columns.map((name, i) => `${name} = ${parameter(3, i)}`),
    ...(version === quoted(XMIN) ? [] : [`${version} = DEFAULT`]),
    ...modified.map((name) => `${name} = ${advanced(name)}`),
  ];
  return {
    get: `SELECT ${row} FROM ${table} WHERE ${key} = $1`,
    version: `SELECT ${state} FROM ${table} WHERE ${key} = $1`,
    create: `INSERT INTO ${table} (${[key, ...columns, ...modified]})
      VALUES (${['$1', ...columns.map((_, i) => parameter(2, i)), ...modified.map(() => 'now()')]})
      ON CONFLICT (${key}) DO NOTHING RETURNING ${written}`,
    replace: `UPDATE ${table} SET ${set} WHERE ${isCurrent} RETURNING ${written}`,
    remove: `DELETE FROM ${table} WHERE ${isCurrent} RETURNING true`,
  };
}
