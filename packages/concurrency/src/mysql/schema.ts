import type { ColumnFacts, TableFacts } from '../sql/facts.ts';
import type { TableOptions } from '../sql/options.ts';
import { checkSchema } from '../sql/schema.ts';
import { type Shape, shapeOf } from '../sql/shape.ts';
import { type Table, tableOf } from '../sql/table.ts';
import type { Run } from './connection.ts';
import { mysqlDialect } from './dialect.ts';
import { mysqlMending, triggerOf } from './table.ts';

/**
 * Asks the catalog for a table, and the session for what it does.
 *
 * @param run - runs a statement as the writes will be run
 * @param isInTransaction - whether the connection is in a transaction of the caller's, who commits
 * @throws Error that says why a store cannot use it, with what mends it; that of the server when it is not there
 */
export async function readTable<T>(run: Run, options: TableOptions<T>, isInTransaction: boolean): Promise<Table<T>> {
  const shape = shapeOf(options);
  const place = [shape.path.length > 1 ? shape.path[0] : null, shape.path.at(-1)];
  const ask = async (sql: string, parameters: unknown[]) => (await run([sql, parameters])) as unknown[][];
  const columns = await ask(COLUMNS, place);
  const [[otherwise] = []] = await ask(OTHERWISE, place);
  const facts: TableFacts = {
    otherwise: otherwise == null ? null : String(otherwise),
    columns: columns.map(columnOf),
    uniques: uniquesOf(await ask(UNIQUES, place)),
    hasTriggers: (await ask(TRIGGERS, place)).some(([statement]) => !isOurs(String(statement), shape)),
  };
  const [session = []] = await ask(SESSION, []);
  const dialect = mysqlDialect(shape.version.isInteger);
  const faults = faultsOf(session, isInTransaction, usesTimestamp(shape, facts));
  return tableOf(checkSchema(shape, facts, dialect, mysqlMending(shape), faults));
}

const OF_TABLE = 'TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?';

const COLUMNS = `SELECT COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA,
    CAST(COALESCE(CHARACTER_MAXIMUM_LENGTH, DATETIME_PRECISION, NUMERIC_SCALE) AS CHAR)
  FROM information_schema.COLUMNS WHERE ${OF_TABLE}`;

/** What it is that statements name, where it is not a table. */
const OTHERWISE = `SELECT 'a view' FROM information_schema.TABLES WHERE ${OF_TABLE} AND TABLE_TYPE LIKE '%VIEW'`;

/** A part of a column is not all of it. */
const UNIQUES = `SELECT INDEX_NAME, COLUMN_NAME, CAST(SUB_PART IS NULL AS CHAR) FROM information_schema.STATISTICS
  WHERE ${OF_TABLE} AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX`;

const TRIGGERS = `SELECT ACTION_STATEMENT FROM information_schema.TRIGGERS
  WHERE EVENT_OBJECT_SCHEMA = COALESCE(?, DATABASE()) AND EVENT_OBJECT_TABLE = ?`;

const SESSION = `SELECT
  CAST(@@SESSION.autocommit = 1 AS CHAR),
  CAST(@@SESSION.sql_mode LIKE '%STRICT%' AS CHAR),
  CAST(@@SESSION.character_set_connection = 'utf8mb4' AS CHAR),
  REPLACE(@@SESSION.time_zone, 'SYSTEM', @@GLOBAL.system_time_zone)`;

/** What a session does that a store could not keep its promises in. */
function faultsOf(
  [commits, isStrict, isUtf8, zone]: readonly unknown[],
  isInTransaction: boolean,
  usesTimestamp: boolean,
): string[] {
  const is = (fact: unknown) => String(fact) !== '0';
  return [
    ...(is(commits) || isInTransaction ? [] : ['The session has autocommit = 0: nothing would be committed.']),
    ...(is(isStrict)
      ? []
      : ['The session would cut what a column does not hold: add STRICT_TRANS_TABLES to its sql_mode.']),
    ...(is(isUtf8) ? [] : ["The connection would lose characters of keys: open it with charset: 'utf8mb4'."]),
    // Where clocks are set back, an hour comes twice, and a TIMESTAMP would be taken for the first.
    ...(usesTimestamp && !/^(UTC|GMT|[+-]\d\d:\d\d)$/.test(String(zone))
      ? [`The time zone of the session, ${zone}, may have an hour twice: SET time_zone = '+00:00' on the connection.`]
      : []),
  ];
}

function usesTimestamp({ modified, deleted, members }: Shape, { columns }: TableFacts): boolean {
  const used = [
    modified?.column,
    deleted?.column,
    ...(members ?? []).flatMap(({ type, column }) => (type === 'date' ? column : [])),
  ];
  return columns.some(({ name, kind }) => kind === 'time' && used.includes(name));
}

function uniquesOf(parts: readonly unknown[][]): string[][] {
  const indexes = new Map<unknown, { columns: string[]; isWhole: boolean }>();
  for (const [index, column, isWhole] of parts) {
    const { columns, isWhole: before } = indexes.get(index) ?? { columns: [], isWhole: true };
    // A part that is an expression has no column.
    const isColumn = column !== null && String(isWhole) === '1';
    indexes.set(index, { columns: [...columns, String(column)], isWhole: before && isColumn });
  }
  return [...indexes.values()].filter(({ isWhole }) => isWhole).map(({ columns }) => columns);
}

/** Whether a trigger is the one that `mysqlTable` prints: it leaves alone what the store writes. */
function isOurs(statement: string, shape: Shape): boolean {
  const plain = (sql: string) => sql.replace(/\s+/g, ' ').trim();
  return [shape, { ...shape, modified: null }].some((each) => plain(statement) === plain(triggerOf(each)));
}

function columnOf([name, type, data, nullable, filled, extra, length]: readonly unknown[]): ColumnFacts {
  const kind = kindOf(String(data), String(type), length);
  return {
    name: String(name),
    type: String(type),
    kind,
    length: kind === 'integer' ? bitsOf(String(data), String(type)) : length === null ? null : Number(length),
    isNullable: nullable === 'YES',
    isGenerated: /(VIRTUAL|STORED|PERSISTENT) GENERATED/i.test(String(extra)),
    default: /auto_increment/i.test(String(extra)) ? 'sequence' : defaultOf(filled),
  };
}

const BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 };

/** As many bits as a signed integer of that size has. */
function bitsOf(data: string, type: string): number {
  return (BITS[data] ?? 64) + (type.includes('unsigned') ? 1 : 0);
}

function kindOf(data: string, type: string, scale: unknown): ColumnFacts['kind'] {
  // It is read as `007`, which is neither what was written nor the count that a write reports.
  if (type.includes('zerofill')) return 'other';
  if (data in BITS) return 'integer';
  switch (data) {
    case 'decimal':
      return Number(scale) === 0 ? 'integer' : 'other';
    case 'varchar':
    case 'varbinary':
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
    case 'tinyblob':
    case 'blob':
      return 'text';
    case 'char':
      return 'folded-text';
    case 'uuid':
    case 'json':
      return data;
    case 'datetime':
      return 'local-time';
    case 'timestamp':
      return 'time';
    default:
      return type === 'bit(1)' ? 'boolean' : 'other';
  }
}

/** MariaDB writes a default of null as text. */
function defaultOf(filled: unknown): ColumnFacts['default'] {
  const text = String(filled);
  if (filled === null || text === 'NULL') return 'none';
  if (/uuid\(\)/i.test(text)) return 'random';
  return /current_timestamp|utc_timestamp|now\(/i.test(text) ? 'now' : 'other';
}
