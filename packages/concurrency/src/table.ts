/** Where in a database a store keeps its values: in a table of its own, or in one that is there already. */
export interface TableOptions<T> {
  /** The name of the table, with that of its schema before a dot where it needs one. */
  table: string;
  /** The column of the key, which is unique. @default 'key' */
  key?: string | undefined;
  /** The column of the version, which the store sets with every write. @default 'version' */
  version?: string | undefined;
  /** The column of the time of the last write; null where there is none. @default 'modified' */
  modified?: string | null | undefined;
  /** The columns that make up a value, named like its members. @default one column of JSON, named `value` */
  columns?: readonly (keyof T & string)[] | undefined;
}
