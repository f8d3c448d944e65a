import type { TableOptions } from '../sql/options.ts';
import { namesOf } from '../sql/row.ts';

/** The system column that holds the number of the transaction which wrote the row. */
export const XMIN = 'xmin';

/** The column of the versions that PostgreSQL makes. */
export const VERSION = 'uuid NOT NULL DEFAULT gen_random_uuid()';

/** The clock may be set back; the modification time of a key does not follow. */
export const advanced = (modified: string) => `greatest(${modified}, now())`;

/** The names of a table and its columns, as SQL has them. */
export type Names = ReturnType<typeof quotedNames<unknown>>;

/** @throws TypeError when a name is not an identifier, or names two columns */
export function quotedNames<T>(options: TableOptions<T>) {
  const path = options.table.split('.');
  const { key, version, modified, columns } = namesOf(options, path);
  return {
    table: path.map(quoted).join('.'),
    key: quoted(key),
    version: quoted(version),
    /** One column, or none. */
    modified: modified === null ? [] : [quoted(modified)],
    columns: columns.map(quoted),
  };
}

export function quoted(name: string): string {
  return `"${name}"`;
}
