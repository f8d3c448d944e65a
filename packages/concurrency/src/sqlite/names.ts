import type { TableOptions } from '../sql/options.ts';
import { namesOf } from '../sql/row.ts';

/** The names of a table and its columns, as SQL has them. */
export function quotedNames<T>(options: TableOptions<T>) {
  const { table, key, version, modified, columns } = namesOf(options);
  const quoted = (name: string) => `"${name}"`;
  return {
    table: quoted(table),
    key: quoted(key),
    version: quoted(version),
    /** One column, or none. */
    modified: modified === null ? [] : [quoted(modified)],
    columns: columns.map(quoted),
  };
}
