import type { ColumnFacts } from '../sql/facts.ts';
import type { TableOptions } from '../sql/options.ts';
import type { Mending } from '../sql/schema.ts';
import { type Shape, shapeOf, VALUE } from '../sql/shape.ts';
import { quote, XMIN } from './dialect.ts';

/**
 * The SQL that makes the table of a store; or, with `columns`, that gives a table which is there already what the store
 * needs. Its trigger gives a new version to whatever other statements change. Where the version is an integer, it is there
 * already, and the trigger counts for the statements that do not. (`version: 'xmin'` needs none of it.)
 *
 * - The version is random. A sequence gives no number twice either, but it goes back with a restore, and with a standby
 *   that takes over before it has all of the log.
 * - The value is json: jsonb sorts the members of objects, and refuses `"\u0000"` and lone surrogates.
 * - The key has the collation "C": its index does not depend on those of the operating system, which change.
 *
 * @param options - as they are given to the store
 * @returns one statement or several, each with a semicolon at its end
 * @throws TypeError when a name is empty or has a NUL, or two names are of one column
 * @see https://www.postgresql.org/docs/current/datatype-json.html
 */
export function postgresTable<T>(options: TableOptions<T>): string {
  const shape = shapeOf(options);
  return shape.members ? alter(shape) : create(shape);
}

/** The SQL that mends a table. */
export function postgresMending(shape: Shape): Mending {
  const table = nameOf(shape);
  return {
    neverReused: 'serial numbers',
    create: () => create(shape),
    addVersion: (column) =>
      alter({ ...shape, modified: null, version: { column, isInteger: false, areKeysReused: true } }),
    fillVersion: (facts) => fillVersion(table, facts),
    addUnique: (columns) => `ALTER TABLE ${table} ADD UNIQUE (${columns.map(quote).join(', ')});`,
    adviseTime({ name, kind }) {
      if (kind !== 'local-time') return `Name another column, or none: modified: null.`;
      const column = quote(name);
      return `Where it holds UTC, say so: { column: '${name}', type: 'utc' }. Or give it a zone: ALTER TABLE ${table} ALTER ${column} TYPE timestamptz USING ${column} AT TIME ZONE 'UTC';`;
    },
  };
}

const nameOf = ({ path }: Shape) => path.map(quote).join('.');

const RANDOM = 'gen_random_uuid()';
const VERSION = `uuid NOT NULL DEFAULT ${RANDOM}`;

function versionOf({ version }: Shape): string[] {
  if (version.column === XMIN) return [];
  return [`${quote(version.column)} ${version.isInteger ? 'bigint NOT NULL DEFAULT 1' : VERSION}`];
}

function timesOf({ modified, deleted }: Shape): string[] {
  const type = (time: { type: string | undefined }) => (time.type === 'utc' ? 'timestamp' : 'timestamptz');
  const now = (time: { type: string | undefined }) => (time.type === 'utc' ? "(now() AT TIME ZONE 'UTC')" : 'now()');
  return [
    ...(modified ? [`${quote(modified.column)} ${type(modified)} NOT NULL DEFAULT ${now(modified)}`] : []),
    ...(deleted ? [`${quote(deleted.column)} ${type(deleted)}`] : []),
  ];
}

function create(shape: Shape): string {
  const constant = (value: unknown) =>
    typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'boolean' : 'bigint';
  const lines = [
    ...shape.where.map(([column, value]) => `${quote(column)} ${constant(value)} NOT NULL`),
    ...shape.key.map((column) => `${quote(column)} text COLLATE "C" NOT NULL`),
    ...versionOf(shape),
    ...timesOf(shape),
    `${quote(VALUE)} json NOT NULL`,
    `PRIMARY KEY (${[...shape.where.map(([column]) => column), ...shape.key].map(quote).join(', ')})`,
  ];
  return `CREATE TABLE ${nameOf(shape)} (\n  ${lines.join(',\n  ')}\n);`;
}

/** Adds what a table lacks, and a trigger for other programs. */
function alter(shape: Shape): string {
  const { isInteger, column } = shape.version;
  const table = nameOf(shape);
  const added = isInteger ? [] : [...versionOf(shape), ...timesOf(shape)];
  const columns = added.map((definition) => `ADD COLUMN IF NOT EXISTS ${definition}`).join(',\n  ');
  const statements = added.length > 0 ? [`ALTER TABLE ${table}\n  ${columns};`] : [];
  if (column === XMIN) return statements.join('\n');
  const version = quote(column);
  const trigger = `${shape.path.at(-1)}_${column}`;
  const renew = [...shape.path.slice(0, -1), trigger].map(quote).join('.');
  const { modified } = shape;
  const now = modified?.type === 'utc' ? "now() AT TIME ZONE 'UTC'" : 'now()';
  const time = modified && `\n  NEW.${quote(modified.column)} := greatest(OLD.${quote(modified.column)}, ${now});`;
  return [
    ...statements,
    `CREATE FUNCTION ${renew}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  NEW.${version} := ${isInteger ? `OLD.${version} + 1` : RANDOM};${time ?? ''}
  RETURN NEW;
END $$;
CREATE TRIGGER ${quote(trigger)} BEFORE UPDATE ON ${table} FOR EACH ROW
  WHEN (NEW.${version} = OLD.${version}) EXECUTE FUNCTION ${renew}();`,
  ].join('\n');
}

/** Gives a column of UUIDs, or of text that can hold one, a random version in every row. */
function fillVersion(table: string, { name, kind, length, isNullable, default: filled }: ColumnFacts): string | null {
  if (kind !== 'uuid' && (kind !== 'text' || (length !== null && length < 36))) return null;
  const column = quote(name);
  const random = kind === 'uuid' ? RANDOM : `${RANDOM}::text`;
  return [
    ...(filled === 'random' ? [] : [`ALTER TABLE ${table} ALTER ${column} SET DEFAULT ${random};`]),
    ...(isNullable
      ? [
          `UPDATE ${table} SET ${column} = DEFAULT WHERE ${column} IS NULL;`,
          `ALTER TABLE ${table} ALTER ${column} SET NOT NULL;`,
        ]
      : []),
  ].join('\n');
}
