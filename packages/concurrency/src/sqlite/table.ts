import type { TableOptions } from '../sql/options.ts';
import { quotedNames } from './names.ts';

/**
 * The SQL that makes the table of a store; or, with `columns`, that gives a table which is there already what the store
 * needs. Its triggers give a new version to whatever other statements write.
 *
 * @param options - as they are given to the store
 * @returns one statement; with `columns` several, each with a semicolon at the end of its last line
 * @throws TypeError when a name is no identifier, or names two columns
 * @see https://sqlite.org/lang_altertable.html
 */
export function sqliteTable<T>(options: TableOptions<T>): string {
  const { table, key, version, modified, columns } = quotedNames(options);
  if (!options.columns) {
    const lines = [
      `${key} TEXT NOT NULL PRIMARY KEY`,
      `${version} TEXT NOT NULL`,
      ...modified.map((name) => `${name} INTEGER NOT NULL`),
      `${columns} TEXT NOT NULL`,
    ];
    return `CREATE TABLE IF NOT EXISTS ${table} (\n  ${lines.join(',\n  ')}\n);`;
  }
  const added = [`${version} TEXT`, ...modified.map((name) => `${name} INTEGER`)];
  const renewed = [
    `${version} = lower(hex(randomblob(16)))`,
    ...modified.map((name) => `${name} = max(coalesce(${name}, 0), ${NOW})`),
  ];
  const renew = `UPDATE ${table} SET ${renewed.join(', ')}`;
  const trigger = (event: string, condition: string) =>
    `CREATE TRIGGER "${options.table}_version_${event}" AFTER ${event} ON ${table} WHEN ${condition}
  BEGIN ${renew} WHERE ${key} = NEW.${key}; END`;
  return [
    ...added.map((column) => `ALTER TABLE ${table} ADD COLUMN ${column}`),
    renew,
    trigger('insert', `NEW.${version} IS NULL`),
    trigger('update', `NEW.${version} IS OLD.${version}`),
    '',
  ].join(';\n');
}

/** In ms since the epoch. */
const NOW = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
