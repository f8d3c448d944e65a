import type { CurrentVersion } from './expectation.js';
import type { MysqlStatement, Run, Written } from './mysql-connection.js';
import type { Versioned } from './outcome.js';
import { checked, fromColumns, namesOf, toColumns } from './row.js';
import type { TableOptions } from './table.js';

/**
 * The SQL that makes the table of a store; or, with `columns`, that gives a table which is there already what the store
 * needs. Its trigger gives a new version to whatever other statements change.
 *
 * The key is of bytes, as many as an index of InnoDB takes: neither case nor accents nor trailing spaces are ignored.
 * `modified` is in UTC.
 *
 * @param options - as they are given to the store
 * @returns one statement; with `columns` two, each with a semicolon at the end of its last line
 * @throws TypeError when a name is no identifier, or names two columns
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

const VERSION = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (UUID())';
const MODIFIED = 'DATETIME(3) NOT NULL DEFAULT (UTC_TIMESTAMP(3))';

/** The statements on a table, and what its rows say. */
export type MysqlTable<T> = ReturnType<typeof tableOf<T>>;

export function tableOf<T>(options: TableOptions<T>) {
  const { table, key, version, modified, columns } = quotedNames(options);
  const current = [`CONVERT(${version} USING utf8mb4)`, ...modified.map((name) => `CAST(${toMs(name)} AS CHAR)`)];
  // The first half finds the key in the index. A column of numbers would take '7a' for 7, most of text 'A' or 'a ' for 'a'.
  const isKey = `${key} = ? AND CONVERT(${key} USING utf8mb4) = CAST(? AS BINARY)`;
  const isVersion = `${version} = CAST(? AS BINARY)`;
  const where = (of: string | null) => `WHERE ${isKey}${of === null ? '' : ` AND ${isVersion}`}`;
  const which = (name: string, of: string | null) => [checked(name), name, ...(of === null ? [] : [of])];
  const insert = `INSERT INTO ${table} (${[key, version, ...columns, ...modified]})
    VALUES (?, ?, ${[...columns.map(() => '?'), ...modified.map(() => fromMs(TIME))]})`;
  const set = [
    `${version} = ?`,
    ...columns.map((name) => `${name} = ?`),
    // The clock may be set back; the modification time of a key does not follow. What it is now, is the insertId.
    ...modified.map((name) => `${name} = ${fromMs(`LAST_INSERT_ID(GREATEST(COALESCE(${toMs(name)}, 0), ${TIME}))`)}`),
  ];

  /** What a write makes of a row. A random version fits no other state of the key, nor one from before a restore. */
  function next(value: T) {
    const cells = toColumns(value, options);
    const name = crypto.randomUUID();
    const times = modified.map(() => Date.now());
    const stored = (time: unknown) => versionedOf([name, ...times.map(() => time), ...cells]);
    return { parameters: [name, ...cells, ...times], stored, times };
  }

  function currentOf([name, time]: readonly unknown[]): CurrentVersion {
    return modified.length > 0 && time !== null
      ? { version: String(name), modified: Number(String(time)) }
      : { version: String(name) };
  }

  function versionedOf(row: readonly unknown[]): Versioned<T> {
    return { ...currentOf(row), value: fromColumns(row.slice(current.length), options) };
  }

  return {
    /** @param bound - whether to read the latest version, in a transaction that else sees one as old as itself */
    get: (name: string, bound: boolean): MysqlStatement => [
      `SELECT ${[...current, ...columns]} FROM ${table} ${where(null)}${bound ? ' FOR UPDATE' : ''}`,
      which(name, null),
    ],
    // A share lock: those who lost to a creation all have one already, and would wait for each other's to go.
    version: (name: string, bound: boolean): MysqlStatement => [
      `SELECT ${current} FROM ${table} ${where(null)}${bound ? ' LOCK IN SHARE MODE' : ''}`,
      which(name, null),
    ],
    create(name: string, value: T) {
      const { parameters, stored, times } = next(value);
      const statement: MysqlStatement = [insert, [checked(name), ...parameters]];
      return { statement, stored: stored(times[0]) };
    },
    replace(name: string, value: T, of: string | null) {
      const { parameters, stored } = next(value);
      const statement: MysqlStatement = [
        `UPDATE ${table} SET ${set} ${where(of)}`,
        [...parameters, ...which(name, of)],
      ];
      return { statement, stored: ({ insertId }: Written) => stored(insertId) };
    },
    remove: (name: string, of: string | null): MysqlStatement => [`DELETE FROM ${table} ${where(of)}`, which(name, of)],
    currentOf,
    versionedOf,
  };
}

/** The parameter that is a time, in ms since the epoch. */
const TIME = 'CAST(? AS SIGNED)';

// A DATETIME has no time zone, and neither does this: that of the session does not matter.
const EPOCH = "TIMESTAMP'1970-01-01 00:00:00'";
const toMs = (column: string) => `TIMESTAMPDIFF(MICROSECOND, ${EPOCH}, ${column}) DIV 1000`;
const fromMs = (time: string) => `${EPOCH} + INTERVAL ${time} * 1000 MICROSECOND`;

/**
 * Looks at what the guard rests on.
 *
 * @param run - runs a statement as the writes will be run
 * @param bound - whether the connection is in a transaction of the caller's, who commits
 * @throws Error that says what is wrong, with the SQL that mends it
 */
export async function look<T>(run: Run, options: TableOptions<T>, bound: boolean): Promise<void> {
  const path = options.table.split('.');
  const place = [path.length > 1 ? path[0] : null, path.at(-1)];
  const names = namesOf(options, path);
  const parameters = [...place, names.version, ...place, names.modified, ...place, names.key];
  const [facts = []] = (await run([FACTS, parameters])) as unknown[][];
  const [commits, isStrict, isUtf8, hasVersion, hasTime, isUnique] = facts.map((fact) => String(fact) !== '0');
  const { table, key, version, modified } = quotedNames(options);
  const wrong = [
    !commits && !bound && 'The session has autocommit = 0: nothing would be committed.',
    !isStrict && 'The session would cut what a column does not hold: add STRICT_TRANS_TABLES to its sql_mode.',
    !isUtf8 && "The connection would lose characters of keys: open it with charset: 'utf8mb4'.",
    !hasVersion && `A version could repeat. This mends it: ALTER TABLE ${table} MODIFY ${version} ${VERSION};`,
    !hasTime && modified[0] && `${modified} of ${table} has to be ${MODIFIED}, in UTC; or name none: modified: null.`,
    !isUnique && `Two rows could have one key. This mends it: ALTER TABLE ${table} ADD UNIQUE (${key});`,
  ].filter(Boolean);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

const OF_TABLE = 'TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?';

const FACTS = `SELECT
  CAST(@@SESSION.autocommit = 1 AS CHAR),
  CAST(@@SESSION.sql_mode LIKE '%STRICT%' AS CHAR),
  CAST(@@SESSION.character_set_connection = 'utf8mb4' AS CHAR),
  (SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.COLUMNS WHERE ${OF_TABLE} AND COLUMN_NAME = ?
    AND IS_NULLABLE = 'NO' AND CHARACTER_OCTET_LENGTH >= 36
    AND (COLUMN_DEFAULT IS NULL OR COLUMN_DEFAULT LIKE '%uuid()%')),
  (SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.COLUMNS WHERE ${OF_TABLE} AND COLUMN_NAME = ?
    AND DATA_TYPE = 'datetime' AND DATETIME_PRECISION >= 3),
  (SELECT CAST(COUNT(*) AS CHAR) FROM (
    SELECT MAX(COLUMN_NAME) AS name FROM information_schema.STATISTICS WHERE ${OF_TABLE} AND NON_UNIQUE = 0
    GROUP BY INDEX_NAME HAVING COUNT(*) = 1 AND MAX(SUB_PART) IS NULL
  ) AS uniques WHERE name = ?)`;

function quotedNames<T>(options: TableOptions<T>) {
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
