import type { TableOptions } from '../sql/options.ts';
import { namesOf } from '../sql/row.ts';
import type { Run } from './connection.ts';
import { MODIFIED, quotedNames, VERSION } from './names.ts';

/**
 * Looks at what the store rests on.
 *
 * @param run - runs a statement as the writes will be run
 * @param isInTransaction - whether the connection is in a transaction of the caller's, who commits
 * @throws Error that says what is wrong, with the SQL that mends it
 */
export async function checkSchema<T>(run: Run, options: TableOptions<T>, isInTransaction: boolean): Promise<void> {
  const path = options.table.split('.');
  const place = [path.length > 1 ? path[0] : null, path.at(-1)];
  const names = namesOf(options, path);
  const parameters = [...place, names.version, ...place, names.modified, ...place, names.key];
  const [facts = []] = (await run([FACTS, parameters])) as unknown[][];
  const [commits, isStrict, isUtf8, hasVersion, hasTime, isUnique] = facts.map((fact) => String(fact) !== '0');
  const { table, key, version, modified } = quotedNames(options);
  const wrong = [
    !commits && !isInTransaction && 'The session has autocommit = 0: nothing would be committed.',
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
