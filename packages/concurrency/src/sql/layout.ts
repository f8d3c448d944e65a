import type { Dialect, SqlCodec, SqlTime } from './dialect.ts';
import type { ColumnFacts, TableFacts } from './facts.ts';
import { isSame, type Shape, type TimeColumn } from './shape.ts';

/** A table as its dialect has it, once the catalog was read. */
export interface Layout {
  readonly shape: Shape;
  readonly dialect: Dialect;
  /** The columns of the index that keeps two rows from having one key. */
  readonly unique: readonly string[];
  /** What the catalog says of the columns of the key. */
  readonly key: readonly ColumnFacts[];
  /** What the catalog says of the columns that are the same in all rows. */
  readonly where: readonly ColumnFacts[];
  /** What the catalog says of the version; null of a system column. */
  readonly version: ColumnFacts | null;
  /** Whether a trigger may change what is written. */
  readonly hasTriggers: boolean;
  readonly modified: SqlTime | null;
  readonly deleted: SqlTime | null;
  /** How the members of a value are held, in their order. */
  readonly codecs: readonly SqlCodec[];
  /** What the catalog says of their columns. */
  readonly columns: readonly ColumnFacts[];
  /** Which of them a write sets. */
  readonly areWritten: readonly boolean[];
}

/** What the catalog says of a column; null where there is no such column. */
export function factsOf(name: string, { columns }: TableFacts, { foldsNames }: Dialect): ColumnFacts | null {
  return columns.find((column) => (foldsNames ? isSame(column.name, name) : column.name === name)) ?? null;
}

/**
 * Lays a table out.
 *
 * @param facts - of a table that `checkSchema` found fit
 * @param unique - the columns of the index that keeps two rows from having one key
 */
export function layoutOf(shape: Shape, facts: TableFacts, unique: readonly string[], dialect: Dialect): Layout {
  const of = (name: string) => factsOf(name, facts, dialect);
  const there = (name: string) => of(name) as ColumnFacts;
  const timeOf = (time: TimeColumn | null) => time && dialect.timeOf(time.type, there(time.column));
  const members = shape.members ?? [];
  return {
    shape,
    dialect,
    unique,
    key: shape.key.map(there),
    where: shape.where.map(([column]) => there(column)),
    version: of(shape.version.column),
    hasTriggers: facts.hasTriggers,
    modified: timeOf(shape.modified),
    deleted: timeOf(shape.deleted),
    codecs: members.map(({ type, column }) => dialect.codecOf(type, there(column))),
    columns: members.map(({ column }) => there(column)),
    areWritten: members.map(({ isReadOnly, column }) => !isReadOnly && !there(column).isGenerated),
  };
}
