/**
 * Where in a database a store keeps its values: in a table of its own, or, with `columns`, in one that is there already.
 * Names are taken as they are, in the case in which the catalog has them.
 */
export interface TableOptions<T> {
  /** The name of the table, with that of its schema before a dot; as a list where a name has a dot of its own. */
  table: string | readonly string[];
  /**
   * The column of the key, which is unique; where it takes several, all of them. The key of a call is then a list of as
   * many texts: `store.get(['acme', '7'])`.
   * @default 'key'
   */
  key?: string | readonly string[] | undefined;
  /** The column of the version, which the store sets with every write. @default 'version', a random one */
  version?: string | IntegerVersion | undefined;
  /** The column of the time of the last write; null where there is none. @default 'modified' */
  modified?: string | ModifiedColumn | null | undefined;
  /**
   * The columns that make up a value: named like its members, or by an object of member to column. A member whose column
   * is the key, the version or a time is read and never written.
   * @default one column of JSON, named `value`
   */
  columns?: readonly (keyof T & string)[] | ColumnsByMember<NoInfer<T>> | undefined;
  /** What all rows of the store have in common, such as a tenant: a part of every condition, and of every new row. */
  where?: Readonly<Record<string, string | number | bigint | boolean>> | undefined;
  /** The column of the time at which a row was deleted, where rows are kept; null in rows that are not deleted. */
  deleted?: string | ModifiedColumn | undefined;
}

/** The column of each member of a value. */
export type ColumnsByMember<T> = unknown extends T
  ? Readonly<Record<string, string | ColumnOptions>>
  : { readonly [M in keyof T & string]?: string | ColumnOptions };

/** A version that counts the writes of a row, as Hibernate, Rails, TypeORM and others keep it. */
export interface IntegerVersion {
  /** The name of the column. */
  column: string;
  /** Every write adds 1: those of the store, and those of every other program. */
  type: 'integer';
  /**
   * That no key comes back once it was deleted, as with serial numbers and UUIDs. The count of a row begins anew, so where
   * a key came back its versions would repeat. Not needed with `deleted`, where the count goes on.
   */
  keys?: 'never-reused' | undefined;
}

/** A column of a time in a form that its type does not tell. */
export interface ModifiedColumn {
  /** The name of the column. */
  column: string;
  /** What it holds. */
  type: TimeType;
}

/**
 * How a column holds a time: `utc` as a timestamp without a zone, in UTC; and in SQLite `milliseconds` or `seconds` since
 * the epoch, `iso` as text like `2026-01-02T12:00:00.000Z`, `sql` as text like `2026-01-02 12:00:00`, in UTC.
 */
export type TimeType = 'utc' | 'milliseconds' | 'seconds' | 'iso' | 'sql';

/** How a column holds a member of a value. */
export interface ColumnOptions {
  /** The name of the column. @default that of the member */
  column?: string | undefined;
  /** Whether it is read and never written, like one that the database fills. @default false, but for generated columns */
  readOnly?: boolean | undefined;
  /**
   * What the member is in JavaScript, where the driver gives something else: a boolean of a number, a JSON value of text, a
   * Date, a number or a bigint of text; or how to translate it.
   * @default what the driver gives; but a column of JSON gives JSON, and in SQLite one that is declared BOOLEAN a boolean
   */
  type?: MemberType | ColumnCodec | undefined;
}

/** What a member of a value is. */
export type MemberType = 'boolean' | 'json' | 'date' | 'number' | 'bigint';

/** Translates between a member and what its driver takes and gives for the column. Null stays null. */
export interface ColumnCodec {
  toColumn(member: unknown): unknown;
  fromColumn(cell: unknown): unknown;
}
