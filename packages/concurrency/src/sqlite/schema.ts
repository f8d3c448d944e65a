import type { ColumnFacts, TableFacts } from '../sql/facts.ts';
import { checkSchema } from '../sql/schema.ts';
import type { Shape } from '../sql/shape.ts';
import { type Bound, type Table, tableOf } from '../sql/table.ts';
import { quote, sqliteDialect } from './dialect.ts';
import { sqliteMending } from './table.ts';
import { isBusy } from './transaction.ts';

/** Runs a statement to its end, and gives its rows. */
export type RunNow = (statement: Bound) => unknown[][];

/**
 * The schema in which SQLite finds a table: a temporary one first, and those of attached databases last.
 *
 * @returns `main` when the table does not exist yet; undefined when the connection cannot list its databases: one over the SQL
 *   of a Durable Object, say, which has only `main`
 * @see https://sqlite.org/lang_naming.html
 */
export function schemaOf({ path }: Shape, run: RunNow): string | undefined {
  if (path.length > 1) return path.slice(0, -1).join('.');
  const schemas = schemasOf(run);
  if (!schemas) return undefined;
  const hasTable = (schema: string) => {
    const sql = `SELECT 1 FROM ${quote(schema)}.sqlite_master WHERE type IN ('table', 'view') AND lower(name) = lower(?)`;
    return run([sql, [path[0]]]).length > 0;
  };
  return ['temp', 'main', ...schemas].find(hasTable) ?? 'main';
}

function schemasOf(run: RunNow): string[] | undefined {
  try {
    return run(['SELECT name FROM pragma_database_list', []]).map(([name]) => String(name));
  } catch (error) {
    if (isBusy(error)) throw error;
    return undefined;
  }
}

/**
 * What SQLite's catalog is asked. A column that is INTEGER PRIMARY KEY is the rowid, and has no index of its own.
 *
 * @param found - the schema of the table, on a connection of which a temporary trigger may be on it; else undefined
 * @see https://sqlite.org/pragma.html#pragma_table_xinfo
 */
export function schemaQueries({ path }: Shape, found?: string): Record<'columns' | 'indexes' | 'definition', Bound> {
  const table = path.at(-1);
  const schema = found ?? (path.length > 1 ? path.slice(0, -1).join('.') : null);
  const from = schema === null ? [table] : [table, schema];
  const parameters = from.map(() => '?').join(', ');
  const master = schema === null ? 'sqlite_master' : `${quote(schema)}.sqlite_master`;
  const temporary = `SELECT type, tbl_name, NULL FROM temp.sqlite_master WHERE type = 'trigger'`;
  const objects = `SELECT type, tbl_name, sql FROM ${master}${found === undefined ? '' : ` UNION ALL ${temporary}`}`;
  return {
    columns: [`SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(${parameters})`, from],
    indexes: [
      `SELECT i.name AS index_name, c.name AS name FROM pragma_index_list(${parameters}) AS i,
        pragma_index_xinfo(i.name${schema === null ? '' : ', ?'}) AS c WHERE i."unique" AND NOT i.partial AND c.key`,
      schema === null ? from : [...from, schema],
    ],
    definition: [
      `SELECT sum(type = 'trigger') AS triggers, max(CASE WHEN type IN ('table', 'view') THEN sql END) AS sql FROM (${objects})
        WHERE lower(tbl_name) = lower(?)`,
      [table],
    ],
  };
}

/** What SQLite's catalog answers, row by row, in the order of the columns that it was asked for. */
type Answers = Record<'columns' | 'indexes' | 'definition', readonly unknown[][]>;

/**
 * The table that the catalog describes.
 *
 * @throws Error that says why a store cannot use it, with what mends it
 */
export function tableFrom<T>(shape: Shape, answers: Answers): Table<T> {
  const definition = String(answers.definition[0]?.[1]);
  const dialect = sqliteDialect(shape.version.isInteger, /\bON\s+CONFLICT\b/i.test(definition));
  return tableOf(checkSchema(shape, factsOf(answers, definition), dialect, sqliteMending(shape)));
}

function factsOf(answers: Answers, definition: string): TableFacts {
  const primary = answers.columns.filter(([, , , , pk]) => Number(pk) > 0);
  const isRowid = primary.length === 1 && String(primary[0]?.[1]).toUpperCase() === 'INTEGER';
  const madeBy = /\bAUTOINCREMENT\b/i.test(definition) ? 'sequence' : 'rowid';
  const makesRowid = isRowid && !/\bWITHOUT\s+ROWID\b/i.test(definition);
  const columns = answers.columns.map((row) => ({
    ...columnOf(row),
    ...(makesRowid && Number(row[4]) > 0 && ({ default: madeBy } as const)),
  }));
  const indexes = new Map<string, (string | null)[]>();
  for (const [index, column] of answers.indexes) {
    indexes.set(`${index}`, [...(indexes.get(`${index}`) ?? []), column as string | null]);
  }
  // A part of an index that is an expression has no column.
  const uniques = [...indexes.values()].filter((names): names is string[] => names.every((name) => name !== null));
  return {
    otherwise: otherwise(definition),
    columns,
    uniques: isRowid ? [[String(primary[0]?.[0])], ...uniques] : uniques,
    hasTriggers: Number(answers.definition[0]?.[0]) > 0,
  };
}

/** What it is that statements name, where it is not a table. */
function otherwise(definition: string): string | null {
  if (/^CREATE\s+VIEW\b/i.test(definition)) return 'a view';
  return /^CREATE\s+VIRTUAL\s+TABLE\b/i.test(definition) ? 'a virtual table' : null;
}

function columnOf([name, type, notnull, dflt, , hidden]: readonly unknown[]): ColumnFacts {
  return {
    name: String(name),
    type: String(type),
    kind: kindOf(String(type).toUpperCase()),
    length: null,
    isNullable: Number(notnull) === 0,
    isGenerated: Number(hidden) > 1,
    default: dflt === null ? 'none' : defaultOf(String(dflt)),
  };
}

/**
 * What a column keeps, by the type that it was declared with. One that was declared with none keeps text as it is.
 *
 * @see https://sqlite.org/datatype3.html#determination_of_column_affinity
 */
function kindOf(type: string): ColumnFacts['kind'] {
  if (type.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT|^$/.test(type)) return 'text';
  if (/JSON/.test(type)) return 'json';
  if (/BOOL/.test(type)) return 'boolean';
  // ANY keeps what it is given in a STRICT table alone; elsewhere it has the affinity of these.
  if (/UUID|GUID|^ANY$/.test(type)) return 'uuid';
  if (/DATE|TIME/.test(type)) return 'time';
  return 'other';
}

function defaultOf(expression: string): ColumnFacts['default'] {
  if (/^current_timestamp$|'now'|unixepoch|julianday|strftime|datetime/i.test(expression)) return 'now';
  return /random|uuid/i.test(expression) ? 'random' : 'other';
}
