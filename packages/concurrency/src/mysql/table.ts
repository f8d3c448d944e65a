import type { TableOptions } from '../sql/options.ts';
import { MODIFIED, quotedNames, VERSION } from './names.ts';

/**
 * The SQL that makes the table of a store; or, with `columns`, that gives a table which is there already what the store
 * needs. Its trigger gives a new version to whatever other statements change.
 *
 * The key is of bytes, as many as an index of InnoDB takes: neither case nor accents nor trailing spaces are ignored.
 * `modified` is in UTC.
 *
 * @param options - as they are given to the store
 * @returns one statement; with `columns` two, each with a semicolon at the end of its last line
 * @throws TypeError when a name is not an identifier, or names two columns
 * @see https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
 */
export function mysqlTable<T>(options: TableOptions<T>): string {
  const { table, key, version, modified, columns } = quotedNames(options);
  const ours = [`${version} ${VERSION}`, ...modified.map((column) => `${column} ${MODIFIED}`)];
  if (!options.columns) {
    const value = `${columns} LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL`;
    const lines = [`${key} VARBINARY(3072) NOT NULL PRIMARY KEY`, ...ours, value];
    return `CREATE TABLE ${table} (\n  ${lines.join(',\n  ')}\n) ENGINE = InnoDB;`;
  }
  const isSame = `NEW.${version} = OLD.${version}`;
  const renewed = [
    ...modified.map((name) => `NEW.${name} = IF(${isSame}, GREATEST(OLD.${name}, UTC_TIMESTAMP(3)), NEW.${name})`),
    `NEW.${version} = IF(${isSame}, CAST(UUID() AS CHAR(36)), NEW.${version})`,
  ];
  return `ALTER TABLE ${table}
  ${ours.map((column) => `ADD COLUMN ${column}`).join(',\n  ')};
CREATE TRIGGER ${table.slice(0, -1)}_version\` BEFORE UPDATE ON ${table} FOR EACH ROW
  SET ${renewed.join(',\n    ')};`;
}
