import type { ColumnFacts, TableFacts } from '../sql/facts.ts';
import type { TableOptions } from '../sql/options.ts';
import { checkSchema } from '../sql/schema.ts';
import { type Shape, shapeOf } from '../sql/shape.ts';
import { type Table, tableOf } from '../sql/table.ts';
import type { Run } from './connection.ts';
import { POSTGRES, quote } from './dialect.ts';
import { postgresMending } from './table.ts';

/**
 * Asks the catalog for a table.
 *
 * @throws Error that says why a store cannot use it, with what mends it; that of PostgreSQL when it is not there
 */
export async function readTable<T>(run: Run, options: TableOptions<T>): Promise<Table<T>> {
  const shape = shapeOf(options);
  const table = shape.path.map(quote).join('.');
  const columns = await run([COLUMNS, [table]]);
  const uniques = await run([UNIQUES, [table]]);
  const facts: TableFacts = {
    otherwise: OTHERWISE[String(columns[0]?.at(-2))] ?? null,
    columns: columns.map(columnOf),
    uniques: uniques.map(([names]) => JSON.parse(String(names)) as string[]),
    hasTriggers: columns[0]?.at(-1) === true,
  };
  const heirs = (await run([HEIRS, [table]])).map(([name]) => String(name));
  const faults = [...heirs.map(inherits), ...timesWithoutZone(shape, facts)];
  return tableOf(checkSchema(shape, facts, POSTGRES, postgresMending(shape), faults));
}

/**
 * The members that drivers give as a Date, by the time zone of this process. Each write of what was read as JSON would move
 * it, by as much as the zone is off.
 */
function timesWithoutZone({ members }: Shape, { columns }: TableFacts): string[] {
  const ofColumn = (name: string) => columns.find((column) => column.name === name);
  return (members ?? []).flatMap(({ name, column, type }) => {
    const facts = type === undefined ? ofColumn(column) : undefined;
    if (facts?.kind !== 'local-time' && facts?.type !== 'date') return [];
    const option = `${name}: { column: '${column}', type: 'date' }`;
    return [
      `${column} ${facts.type} has no time zone. Where it is in UTC, say so: columns: { ${option} }. Else give a codec.`,
    ];
  });
}

/** What it is that statements name, where it is not a table. */
const OTHERWISE: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
};

/**
 * Of each column: its name, its type, that under all its domains, how long it is, and what a row has without it. Of the
 * table: what it is, and whether a trigger runs after an INSERT or an UPDATE, whose RETURNING does not see what that does.
 */
const COLUMNS = `SELECT attname, format_type(atttypid, atttypmod), CASE base.class WHEN 'e' THEN 'enum' ELSE base.name END,
    CASE WHEN mod < 0 THEN NULL WHEN base.name = 'numeric' THEN (mod - 4) & 65535 ELSE mod - 4 END,
    NOT attnotnull, attgenerated <> '', attidentity::text, pg_get_expr(adbin, adrelid), relkind::text,
    EXISTS (SELECT FROM pg_trigger WHERE tgrelid = attrelid AND NOT tgisinternal AND tgenabled <> 'D'
      AND tgtype & 66 = 0 AND tgtype & 20 <> 0)
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid CROSS JOIN LATERAL (
      WITH RECURSIVE types AS (
        SELECT typname, typtype, typbasetype, typtypmod FROM pg_type WHERE oid = atttypid
        UNION ALL
        SELECT under.typname, under.typtype, under.typbasetype, under.typtypmod
        FROM types JOIN pg_type AS under ON under.oid = types.typbasetype
      ) SELECT max(typname::text) FILTER (WHERE typbasetype = 0) AS name,
        max(typtype::text) FILTER (WHERE typbasetype = 0) AS class, greatest(atttypmod, max(typtypmod)) AS mod FROM types
    ) AS base
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped`;

/** The columns of each index that keeps two rows from having the same, at once, and of all rows. */
const UNIQUES = `SELECT (SELECT json_agg(attname) FROM pg_attribute
      WHERE attrelid = indrelid AND attnum = ANY (indkey[0:indnkeyatts - 1]))::text
  FROM pg_index
  WHERE indrelid = $1::text::regclass AND indisunique AND indimmediate AND indisvalid AND indpred IS NULL AND indexprs IS NULL`;

/** The tables that inherit from it; those of a partitioned table are its parts, and share its indexes. */
const HEIRS = `SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON oid = inhparent
  WHERE inhparent = $1::text::regclass AND relkind = 'r'`;

function inherits(heir: string): string {
  return `Two rows could have one key: its statements write to ${heir} as well, which inherits from it and has an index of its own. Name ${heir} itself, or make the table a partitioned one.`;
}

function columnOf([name, type, base, length, nullable, generated, identity, expression]: unknown[]): ColumnFacts {
  const kind = kindOf(String(base), length);
  return {
    name: String(name),
    type: String(type),
    kind,
    length: kind === 'integer' ? (BITS[String(base)] ?? null) : length === null ? null : Number(length),
    isNullable: nullable === true,
    isGenerated: generated === true,
    default: identity ? (identity === 'a' ? 'identity' : 'sequence') : defaultOf(expression),
  };
}

const BITS: Readonly<Record<string, number>> = { int2: 16, int4: 32, int8: 64 };

function kindOf(base: string, length: unknown): ColumnFacts['kind'] {
  switch (base) {
    case 'int2':
    case 'int4':
    case 'int8':
      return 'integer';
    case 'numeric':
      // No digits after the point.
      return Number(length) === 0 && length !== null ? 'integer' : 'other';
    case 'text':
    case 'varchar':
      return 'text';
    case 'bpchar':
    case 'citext':
      return 'folded-text';
    case 'enum':
      return 'label';
    case 'uuid':
      return 'uuid';
    case 'bool':
      return 'boolean';
    case 'json':
    case 'jsonb':
      return 'json';
    case 'timestamptz':
      return 'time';
    case 'timestamp':
      return 'local-time';
    default:
      return 'other';
  }
}

function defaultOf(expression: unknown): ColumnFacts['default'] {
  if (expression === null) return 'none';
  const text = String(expression);
  if (/^nextval\(/.test(text)) return 'sequence';
  if (/^\(*(gen_random_uuid|uuid_generate_v4|uuidv4|uuidv7)\(\)/.test(text)) return 'random';
  return /^(now\(\)|CURRENT_TIMESTAMP|clock_timestamp\(\))/.test(text) ? 'now' : 'other';
}
