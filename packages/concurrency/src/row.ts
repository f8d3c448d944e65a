import type { TableOptions } from './table.js';

/** The names of a table and its columns, each of which is an identifier. */
export interface Names {
  readonly table: string;
  readonly key: string;
  readonly version: string;
  /** null where the table has no such column. */
  readonly modified: string | null;
  /** The columns that hold a value. */
  readonly columns: readonly string[];
}

/**
 * The names that the options give, or leave to be the usual ones.
 *
 * @param path - the table, with what is before it: its schema
 * @throws TypeError when a name is no identifier, or names two columns
 */
export function namesOf<T>(options: TableOptions<T>, path: readonly string[] = [options.table]): Names {
  const { table, key = 'key', version = 'version', modified = 'modified', columns = ['value'] } = options;
  const all = [key, version, ...(modified === null ? [] : [modified]), ...columns];
  const wrong = [...path, ...all].find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong !== undefined) throw new TypeError(`${JSON.stringify(wrong)} is no name of a table or a column`);
  // Engines compare names of columns without regard to case.
  const lower = all.map((name) => name.toLowerCase());
  const twice = lower.find((name, index) => lower.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`${JSON.stringify(twice)} names two columns`);
  return { table, key, version, modified, columns };
}

/** What the columns of a value hold, in their order: its members, or all of it as JSON. */
export function toColumns<T>(value: T, { columns }: TableOptions<T>): unknown[] {
  return columns ? columns.map((column) => value[column] ?? null) : [toJson(value)];
}

/** The value that the columns hold, in their order. */
export function fromColumns<T>(cells: readonly unknown[], { columns }: TableOptions<T>): T {
  if (!columns) return JSON.parse(String(cells[0])) as T;
  return Object.fromEntries(columns.map((column, index) => [column, cells[index]])) as T;
}

/** @throws TypeError for undefined, a function or a symbol, which JSON does not have */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`${String(value)} is not a JSON value`);
  return json;
}

/** Databases keep UTF-8, in which two keys that differ in a lone surrogate would be the same. */
export function checked(key: string): string {
  if (/\p{Surrogate}/u.test(key)) throw new TypeError(`The key ${JSON.stringify(key)} is not well-formed Unicode`);
  return key;
}
