import { checkNames } from '@etag/core';
import { isWellFormed } from '../well-formed.ts';
import type { ColumnCodec, ColumnOptions, MemberType, ModifiedColumn, TableOptions, TimeType } from './options.ts';

/** A column that holds a time. */
export interface TimeColumn {
  readonly column: string;
  /** Undefined where the type of the column tells. */
  readonly type: TimeType | undefined;
}

/** A member of a value, and the column that holds it. */
export interface Member {
  readonly name: string;
  readonly column: string;
  readonly type: MemberType | ColumnCodec | undefined;
  readonly isReadOnly: boolean;
  /** Which part of the key it is; null for another member. */
  readonly keyPart: number | null;
}

/** The options of a table, with nothing left to be the usual. */
export interface Shape {
  /** The name of the table, after that of its schema. */
  readonly path: readonly string[];
  readonly key: readonly string[];
  /** Whether the key of a call is a list. */
  readonly isKeyList: boolean;
  readonly version: { readonly column: string; readonly isInteger: boolean; readonly areKeysReused: boolean };
  readonly modified: TimeColumn | null;
  readonly deleted: TimeColumn | null;
  readonly where: readonly (readonly [column: string, value: string | number | bigint | boolean])[];
  /** Null where a value is one column of JSON. */
  readonly members: readonly Member[] | null;
}

/** The column of a value that is JSON. */
export const VALUE = 'value';

/**
 * Reads the options of a table.
 *
 * @throws TypeError when a name is empty or has a NUL, two names are of one column, or an option is not one
 */
export function shapeOf<T>(options: TableOptions<T>): Shape {
  checkNames(options, ['table', 'key', 'version', 'modified', 'columns', 'where', 'deleted']);
  const { table, key = 'key', version = 'version', modified = 'modified', where = {}, deleted } = options;
  const shape = {
    path: typeof table === 'string' ? table.split('.') : table,
    key: typeof key === 'string' ? [key] : key,
    isKeyList: typeof key !== 'string',
    version: versionOf(version),
    modified: timeColumnOf(modified),
    deleted: timeColumnOf(deleted ?? null),
    where: Object.entries(where),
  };
  for (const [column, value] of shape.where) checkConstant(column, value);
  const roles = [
    ...shape.key,
    shape.version.column,
    ...(shape.modified ? [shape.modified.column] : []),
    ...(shape.deleted ? [shape.deleted.column] : []),
    ...shape.where.map(([column]) => column),
  ];
  const members = options.columns ? membersOf(options.columns, shape.key, roles) : null;
  const columns = members?.map(({ column }) => column) ?? [VALUE];
  for (const name of [...shape.path, ...roles, ...columns]) checkName(name);
  refuseTwice(members ? roles : [...roles, VALUE]);
  refuseTwice(columns);
  if (shape.path.length === 0 || shape.key.length === 0) throw new TypeError('A table and a key need a name');
  return { ...shape, members };
}

/** @throws TypeError for what singles out no rows, such as undefined: every new row would have null */
function checkConstant(column: string, value: unknown): void {
  const isText = typeof value === 'string' && isWellFormed(value);
  if (isText || typeof value === 'bigint' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  throw new TypeError(`Not a value that rows have in common: where: { ${column}: ${String(value)} }`);
}

/** @throws TypeError for a type that versions do not have */
function versionOf(version: NonNullable<TableOptions<unknown>['version']>): Shape['version'] {
  if (typeof version === 'string') return { column: version, isInteger: false, areKeysReused: true };
  checkNames(version, ['column', 'type', 'keys']);
  const { column, type, keys } = version;
  if (type !== 'integer') throw new TypeError(`A version is 'integer', or random by its column alone; not ${type}`);
  if (keys !== undefined && keys !== 'never-reused')
    throw new TypeError(`keys is 'never-reused', or absent; not ${keys}`);
  return { column, isInteger: true, areKeysReused: keys === undefined };
}

const TIME_TYPES: readonly unknown[] = ['utc', 'milliseconds', 'seconds', 'iso', 'sql'] satisfies TimeType[];

function timeColumnOf(time: string | ModifiedColumn | null): TimeColumn | null {
  if (time === null) return null;
  if (typeof time === 'string') return { column: time, type: undefined };
  checkNames(time, ['column', 'type']);
  if (!TIME_TYPES.includes(time.type))
    throw new TypeError(`A time is one of ${TIME_TYPES.join(', ')}; not ${time.type}`);
  return time;
}

type Columns = NonNullable<TableOptions<Record<string, unknown>>['columns']>;

function membersOf(columns: Columns, key: readonly string[], roles: readonly string[]): Member[] {
  const entries: (readonly [string, string | ColumnOptions | undefined])[] = isList(columns)
    ? columns.map((name) => [name, name])
    : Object.entries(columns);
  return entries.map(([name, of]) => {
    const options: ColumnOptions = typeof of === 'string' ? { column: of } : (of ?? {});
    checkNames(options, ['column', 'readOnly', 'type']);
    const { column = name, readOnly = false, type } = options;
    const keyPart = key.findIndex((part) => isSame(part, column));
    const isReadOnly = readOnly || roles.some((role) => isSame(role, column));
    return { name, column, type, isReadOnly, keyPart: keyPart < 0 ? null : keyPart };
  });
}

function isList(columns: Columns): columns is readonly string[] {
  return Array.isArray(columns);
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw new TypeError(`${JSON.stringify(name)} is not a name of a table or a column`);
  }
}

/** Whether two names are of one column: engines compare them without regard to case. */
export function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function refuseTwice(names: readonly string[]): void {
  const twice = names.find((name, index) => names.findIndex((other) => isSame(name, other)) !== index);
  if (twice !== undefined) throw new TypeError(`${JSON.stringify(twice)} names two columns`);
}
