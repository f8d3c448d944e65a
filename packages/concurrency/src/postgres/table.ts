import type { TableOptions } from '../sql/options.ts';
import { advanced, quoted, quotedNames, VERSION } from './names.ts';

/**
 * The SQL that makes the table of a store; or, with `columns`, that gives a table which is there already what the store
 * needs. Its trigger gives a new version to whatever other statements change. (`version: 'xmin'` needs none of it.)
 *
 * - The version is random. A sequence gives no number twice either, but it goes back with a restore, and with a standby
 *   that takes over before it has all of the log.
 * - The value is json: jsonb sorts the members of objects, and refuses `"\u0000"` and lone surrogates.
 * - The key has the collation "C": its index does not depend on those of the operating system, which change.
 *
 * @param options - as they are given to the store
 * @throws TypeError when a name is not an identifier, or names two columns
 * @see https://www.postgresql.org/docs/current/datatype-json.html
 */
export function postgresTable<T>(options: TableOptions<T>): string {
  const { table, key, version, modified, columns } = quotedNames(options);
  const ours = [`${version} ${VERSION}`, ...modified.map((name) => `${name} timestamptz NOT NULL DEFAULT now()`)];
  if (!options.columns) {
    const lines = [`${key} text COLLATE "C" PRIMARY KEY`, ...ours, `${columns} json NOT NULL`];
    return `CREATE TABLE ${table} (\n  ${lines.join(',\n  ')}\n);`;
  }
  const renew = `${table.slice(0, -1)}_version"`;
  return `ALTER TABLE ${table}
  ${ours.map((column) => `ADD COLUMN ${column}`).join(',\n  ')};
CREATE FUNCTION ${renew}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NEW.${version} := gen_random_uuid();${modified.map((name) => `\n  NEW.${name} := ${advanced(`OLD.${name}`)};`)}
  RETURN NEW;
END $$;
CREATE TRIGGER ${quoted(`${options.table.split('.').at(-1)}_version`)} BEFORE UPDATE ON ${table} FOR EACH ROW
  WHEN (NEW.${version} = OLD.${version}) EXECUTE FUNCTION ${renew}();`;
}
