import type { ColumnFacts } from '../sql/facts.ts';
import type { TableOptions } from '../sql/options.ts';
import type { Mending } from '../sql/schema.ts';
import { type Shape, shapeOf, VALUE } from '../sql/shape.ts';
import { quote } from './dialect.ts';

/**
 * The SQL that makes the table of a store; or, with `columns`, that gives a table which is there already what the store
 * needs. Its trigger gives a new version to whatever other statements change. Where the version is an integer, it is there
 * already, and the trigger counts for the statements that do not.
 *
 * The key is of bytes, as many as an index of InnoDB takes: neither case nor accents nor trailing spaces are ignored.
 * `modified` is in UTC.
 *
 * @param options - as they are given to the store
 * @returns one statement or several, each with a semicolon at the end of its last line
 * @throws TypeError when a name is empty or has a NUL, or two names are of one column
 * @see https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
 */
export function mysqlTable<T>(options: TableOptions<T>): string {
  const shape = shapeOf(options);
  return shape.members ? alter(shape) : create(shape);
}

/** The SQL that mends a table. */
export function mysqlMending(shape: Shape): Mending {
  const table = nameOf(shape);
  return {
    neverReused: 'AUTO_INCREMENT',
    create: () => create(shape),
    addVersion: (column) =>
      alter({ ...shape, modified: null, version: { column, isInteger: false, areKeysReused: true } }),
    fillVersion: (facts) => fillVersion(table, facts),
    addUnique: (columns) => `ALTER TABLE ${table} ADD UNIQUE (${columns.map(quote).join(', ')});`,
    adviseTime: () => 'It has to be a DATETIME in UTC, or a TIMESTAMP. Name such a column, or none: modified: null.',
  };
}

const nameOf = ({ path }: Shape) => path.map(quote).join('.');

const VERSION = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (UUID())';

function versionOf({ version: { column, isInteger } }: Shape): string {
  return `${quote(column)} ${isInteger ? 'BIGINT NOT NULL DEFAULT 1' : VERSION}`;
}

function timesOf({ modified, deleted }: Shape): string[] {
  return [
    ...(modified ? [`${quote(modified.column)} DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3))`] : []),
    ...(deleted ? [`${quote(deleted.column)} DATETIME(3)`] : []),
  ];
}

/** How many bytes the parts of a key have, all of which an index has to take. */
const KEY_BYTES = 3072;

function create(shape: Shape): string {
  const columns = [...shape.where.map(([column]) => column), ...shape.key];
  const bytes = Math.floor(KEY_BYTES / columns.length);
  const constant = (value: unknown) => (typeof value === 'string' ? `VARBINARY(${bytes})` : 'BIGINT');
  const lines = [
    ...shape.where.map(([column, value]) => `${quote(column)} ${constant(value)} NOT NULL`),
    ...shape.key.map((column) => `${quote(column)} VARBINARY(${bytes}) NOT NULL`),
    versionOf(shape),
    ...timesOf(shape),
    `${quote(VALUE)} LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL`,
    `PRIMARY KEY (${columns.map(quote).join(', ')})`,
  ];
  return `CREATE TABLE ${nameOf(shape)} (\n  ${lines.join(',\n  ')}\n) ENGINE = InnoDB;`;
}

/** What the trigger of `mysqlTable` does for other programs: nothing where they change the version themselves. */
export function triggerOf({ version: { column, isInteger }, modified }: Shape): string {
  const version = quote(column);
  const isSame = `NEW.${version} = OLD.${version}`;
  const next = isInteger ? `OLD.${version} + 1` : 'CAST(UUID() AS CHAR(36))';
  const time = modified && quote(modified.column);
  const renewed = [
    ...(time ? [`NEW.${time} = IF(${isSame}, GREATEST(OLD.${time}, UTC_TIMESTAMP(3)), NEW.${time})`] : []),
    `NEW.${version} = IF(${isSame}, ${next}, NEW.${version})`,
  ];
  return `SET ${renewed.join(',\n    ')}`;
}

/** Adds what a table lacks, and a trigger for other programs. */
function alter(shape: Shape): string {
  const { isInteger, column } = shape.version;
  const table = nameOf(shape);
  const added = isInteger ? [] : [versionOf(shape), ...timesOf({ ...shape, deleted: null })];
  const trigger = [...shape.path.slice(0, -1), `${shape.path.at(-1)}_${column}`].map(quote).join('.');
  return [
    ...(added.length > 0
      ? [`ALTER TABLE ${table}\n  ${added.map((definition) => `ADD COLUMN ${definition}`).join(',\n  ')};`]
      : []),
    `CREATE TRIGGER ${trigger} BEFORE UPDATE ON ${table} FOR EACH ROW\n  ${triggerOf(shape)};`,
  ].join('\n');
}

/** Gives a column of text that can hold one a random version in every row. */
function fillVersion(
  table: string,
  { name, type, kind, length, isNullable, default: filled }: ColumnFacts,
): string | null {
  const isFit = kind === 'uuid' || ((kind === 'text' || kind === 'folded-text') && (length ?? 0) >= 36);
  if (!isFit) return null;
  if (!isNullable && (filled === 'none' || filled === 'random')) return '';
  const column = quote(name);
  return [
    ...(isNullable ? [`UPDATE ${table} SET ${column} = UUID() WHERE ${column} IS NULL;`] : []),
    `ALTER TABLE ${table} MODIFY ${column} ${type.toUpperCase()} NOT NULL DEFAULT (UUID());`,
  ].join('\n');
}
