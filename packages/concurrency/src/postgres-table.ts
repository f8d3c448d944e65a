import type { CurrentVersion } from './expectation.js';
import type { Versioned } from './outcome.js';
import { checked, fromColumns, namesOf, toColumns, toJson } from './row.js';
import type { TableOptions } from './table.js';

/** A statement and its parameters. */
export type PostgresStatement = readonly [text: string, parameters: unknown[]];

/** Runs a statement, and gives its rows as arrays. */
export type Run = (statement: PostgresStatement) => Promise<unknown[][]>;

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
 * @throws TypeError when a name is no identifier, or names two columns
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

const VERSION = 'uuid NOT NULL DEFAULT gen_random_uuid()';

/** The clock may be set back; the modification time of a key does not follow. */
const advanced = (modified: string) => `greatest(${modified}, now())`;

/** The statements on a table, and what their rows say. */
export type PostgresTable<T> = ReturnType<typeof tableOf<T>>;

/** @param isJson - which columns are of JSON, as `look` found them; what only reads need not know */
export function tableOf<T>(options: TableOptions<T>, isJson: readonly boolean[] = []) {
  const names = quotedNames(options);
  const texts = textsOf(names, isJson, !options.columns);

  function currentOf([version, time]: readonly unknown[]): CurrentVersion {
    return names.modified.length > 0 && time !== null
      ? { version: String(version), modified: Number(time) }
      : { version: String(version) };
  }

  function versionedOf(row: readonly unknown[]): Versioned<T> {
    return { ...currentOf(row), value: fromColumns(row.slice(1 + names.modified.length), options) };
  }

  /** A value as parameters, and what the row says of it that was written. */
  function next(value: T) {
    const cells = toColumns(value, options);
    // Drivers differ in how they send an array or a text as JSON: it goes as the text of it.
    if (options.columns)
      return { cells: cells.map((cell, i) => (isJson[i] && cell !== null ? toJson(cell) : cell)), stored: versionedOf };
    return { cells, stored: (row: readonly unknown[]) => versionedOf([...row, ...cells]) };
  }

  return {
    get: (key: string): PostgresStatement => [texts.get, [checked(key)]],
    version: (key: string): PostgresStatement => [texts.version, [checked(key)]],
    create(key: string, value: T) {
      const { cells, stored } = next(value);
      const statement: PostgresStatement = [texts.create, [checked(key), ...cells]];
      return { statement, stored };
    },
    replace(key: string, value: T, version: string | null) {
      const { cells, stored } = next(value);
      const statement: PostgresStatement = [texts.replace, [checked(key), version, ...cells]];
      return { statement, stored };
    },
    remove: (key: string, version: string | null): PostgresStatement => [texts.remove, [checked(key), version]],
    currentOf,
    versionedOf,
  };
}

/**
 * Looks at what the guard rests on.
 *
 * @returns which columns of the value are of JSON
 * @throws Error that says what is wrong, with the SQL that mends it
 */
export async function look<T>(run: Run, options: TableOptions<T>): Promise<boolean[]> {
  const { table, ...quoted } = quotedNames(options);
  const { key, version, columns } = namesOf(options, options.table.split('.'));
  const facts = await run([FACTS, [table]]);
  const is = (name: string, fact: number) => facts.find(([column]) => column === name)?.[fact] === true;
  const mended = facts.some(([column]) => column === version)
    ? `ALTER ${quoted.version} DROP DEFAULT, ALTER ${quoted.version} TYPE uuid USING gen_random_uuid(),
  ALTER ${quoted.version} SET DEFAULT gen_random_uuid(), ALTER ${quoted.version} SET NOT NULL`
    : `ADD COLUMN ${quoted.version} ${VERSION}`;
  const isVersion = version === XMIN || is(version, 1);
  const wrong = [
    !isVersion && `A version could repeat. This mends it:\nALTER TABLE ${table} ${mended};`,
    !is(key, 2) && `Two rows could have one key. This mends it:\nALTER TABLE ${table} ADD UNIQUE (${quoted.key});`,
  ].filter(Boolean);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return columns.map((name) => is(name, 3));
}

/** The system column that holds the number of the transaction which wrote the row. */
const XMIN = 'xmin';

/**
 * The statements of a store. Each is one atomic step: an UPDATE or DELETE that had to wait for another transaction looks
 * at its WHERE again, or fails where the isolation level keeps it from seeing what the other wrote.
 *
 * @param isJson - which columns are of JSON
 * @param isOwn - whether they are one of JSON, which is kept as it was sent
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
 */
function textsOf({ table, key, version, modified, columns }: Names, isJson: readonly boolean[], isOwn: boolean) {
  const state = [
    `${version}::text`,
    ...modified.map((name) => `floor(extract(epoch FROM ${name}::timestamptz) * 1000)::float8`),
  ];
  const row = [...state, ...columns.map((name) => (isOwn ? `${name}::text` : name))];
  const written = isOwn ? state : row;
  const parameter = (n: number, i: number) => `$${n + i}${isJson[i] ? '::text::json' : ''}`;
  const isCurrent = `${key} = $1 AND ($2::text IS NULL OR ${version}::text = $2)`;
  const set = [
    ...columns.map((name, i) => `${name} = ${parameter(3, i)}`),
    ...(version === quoted(XMIN) ? [] : [`${version} = DEFAULT`]),
    ...modified.map((name) => `${name} = ${advanced(name)}`),
  ];
  return {
    get: `SELECT ${row} FROM ${table} WHERE ${key} = $1`,
    version: `SELECT ${state} FROM ${table} WHERE ${key} = $1`,
    create: `INSERT INTO ${table} (${[key, ...columns, ...modified]})
      VALUES (${['$1', ...columns.map((_, i) => parameter(2, i)), ...modified.map(() => 'now()')]})
      ON CONFLICT (${key}) DO NOTHING RETURNING ${written}`,
    replace: `UPDATE ${table} SET ${set} WHERE ${isCurrent} RETURNING ${written}`,
    remove: `DELETE FROM ${table} WHERE ${isCurrent} RETURNING true`,
  };
}

/** Of each column: whether its default never repeats, whether it is unique, and whether it is of JSON. */
const FACTS = `SELECT attname,
    attnotnull AND (attidentity <> ''
      OR pg_get_expr(adbin, adrelid) ~ '^(nextval|gen_random_uuid|uuid_generate_v4|uuidv4|uuidv7)[(]'),
    EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisunique AND indimmediate AND indisvalid
      AND indnkeyatts = 1 AND indkey[0] = attnum AND indpred IS NULL),
    atttypid IN ('json'::regtype, 'jsonb'::regtype)
  FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped`;

type Names = ReturnType<typeof quotedNames<unknown>>;

function quotedNames<T>(options: TableOptions<T>) {
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

function quoted(name: string): string {
  return `"${name}"`;
}
