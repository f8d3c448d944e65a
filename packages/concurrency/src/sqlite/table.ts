import type { TableOptions } from '../sql/options.ts';
import type { Mending } from '../sql/schema.ts';
import { type Shape, shapeOf, VALUE } from '../sql/shape.ts';
import { quote } from './dialect.ts';

/**
 * The SQL that makes the table of a store; or, with `columns`, that gives a table which is there already what the store
 * needs. Its triggers give a new version to whatever other statements write. Where the version is an integer, it is there
 * already, and a trigger counts for the statements that do not.
 *
 * @param options - as they are given to the store
 * @returns one statement; with `columns` several, each with a semicolon at the end of its last line
 * @throws TypeError when a name is empty or has a NUL, or two names are of one column
 * @see https://sqlite.org/lang_altertable.html
 */
export function sqliteTable<T>(options: TableOptions<T>): string {
  const shape = shapeOf(options);
  return shape.members ? alter(shape, shape.version.column) : create(shape);
}

/** The SQL that mends a table. */
export function sqliteMending(shape: Shape): Mending {
  return {
    neverReused: 'AUTOINCREMENT (SQLite gives the number of a deleted row again without it)',
    create: () => create(shape),
    addVersion: (column) =>
      alter({ ...shape, modified: null, version: { column, isInteger: false, areKeysReused: true } }, column),
    fillVersion({ kind, default: filled }) {
      const isFit = (kind === 'text' || kind === 'uuid') && (filled === 'none' || filled === 'random');
      return isFit ? '' : null;
    },
    addUnique: (columns) =>
      `CREATE UNIQUE INDEX ${nameOf(shape, `${shape.path.at(-1)}_${columns.join('_')}`)} ON ${quote(shape.path.at(-1) ?? '')} (${columns.map(quote).join(', ')});`,
    adviseTime: ({ name }) =>
      `Name its form: { column: '${name}', type: 'milliseconds' }, or 'seconds', of a number; 'iso' or 'sql' of text`,
  };
}

/** A trigger or an index beside the table, in its schema. */
function nameOf({ path }: Shape, name: string): string {
  return [...path.slice(0, -1), name].map(quote).join('.');
}

function create(shape: Shape): string {
  const lines = [
    ...shape.key.map((column) => `${quote(column)} TEXT NOT NULL`),
    ...shape.where.map(
      ([column, value]) => `${quote(column)} ${typeof value === 'string' ? 'TEXT' : 'INTEGER'} NOT NULL`,
    ),
    `${quote(shape.version.column)} ${shape.version.isInteger ? 'INTEGER' : 'TEXT'} NOT NULL`,
    ...(shape.modified ? [`${quote(shape.modified.column)} ${typeOf(shape.modified.type)} NOT NULL`] : []),
    ...(shape.deleted ? [`${quote(shape.deleted.column)} ${typeOf(shape.deleted.type)}`] : []),
    `${quote(VALUE)} TEXT NOT NULL`,
    `PRIMARY KEY (${[...shape.where.map(([column]) => column), ...shape.key].map(quote).join(', ')})`,
  ];
  return `CREATE TABLE IF NOT EXISTS ${shape.path.map(quote).join('.')} (\n  ${lines.join(',\n  ')}\n);`;
}

function typeOf(type: string | undefined): string {
  return type === 'iso' || type === 'sql' ? 'TEXT' : 'INTEGER';
}

/** Adds what a table lacks, and triggers for other programs. */
function alter(shape: Shape, column: string): string {
  const { isInteger } = shape.version;
  const table = shape.path.map(quote).join('.');
  const version = quote(column);
  const modified = shape.modified && quote(shape.modified.column);
  const added = [
    ...(isInteger ? [] : [`${version} TEXT`]),
    ...(modified && !isInteger ? [`${modified} ${typeOf(shape.modified?.type)}`] : []),
  ];
  const earliest = typeOf(shape.modified?.type) === 'TEXT' ? "''" : '0';
  const advanced = modified && `${modified} = max(coalesce(${modified}, ${earliest}), ${nowAs(shape.modified?.type)})`;
  const renew = (name: string, next: string) =>
    `UPDATE ${name} SET ${[`${version} = ${next}`, ...(advanced ? [advanced] : [])].join(', ')}`;
  const trigger = (event: string, condition: string, next: string) => {
    // Within a trigger a table has no schema.
    const name = quote(shape.path.at(-1) ?? '');
    const isRow = shape.key.map((part) => `${quote(part)} = NEW.${quote(part)}`);
    const isSame = [...isRow, ...shape.where.map(([part]) => `${quote(part)} = NEW.${quote(part)}`)].join(' AND ');
    return `CREATE TRIGGER ${nameOf(shape, `${shape.path.at(-1)}_version_${event}`)} AFTER ${event.toUpperCase()} ON ${name} WHEN ${condition}
  BEGIN ${renew(name, next)} WHERE ${isSame}; END`;
  };
  const random = 'lower(hex(randomblob(16)))';
  return [
    ...added.map((definition) => `ALTER TABLE ${table} ADD COLUMN ${definition}`),
    ...(isInteger ? [] : [renew(table, random), trigger('insert', `NEW.${version} IS NULL`, random)]),
    trigger('update', `NEW.${version} IS OLD.${version}`, isInteger ? `OLD.${version} + 1` : random),
    '',
  ].join(';\n');
}

/** The time of a statement, as a column holds it. */
function nowAs(type: string | undefined): string {
  switch (type) {
    case 'iso':
      return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
    case 'sql':
      return "datetime('now')";
    case 'seconds':
      return "CAST(strftime('%s', 'now') AS INTEGER)";
    default:
      return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
  }
}
