import type { TableOptions } from '../sql/options.ts';
import { namesOf } from '../sql/row.ts';

/** The columns of the versions, and of the times, that a store on MySQL writes. */
export const VERSION = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (UUID())';
export const MODIFIED = 'DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3))';

/** The names of a table and its columns, as SQL has them. */
export function quotedNames<T>(options: TableOptions<T>) {
  const path = options.table.split('.');
  const { key, version, modified, columns } = namesOf(options, path);
  const quoted = (name: string) => `\`${name}\``;
  return {
    table: path.map(quoted).join('.'),
    key: quoted(key),
    version: quoted(version),
    /** One column, or none. */
    modified: modified === null ? [] : [quoted(modified)],
    columns: columns.map(quoted),
  };
}
