import type { TableOptions } from '../sql/options.ts';
import { namesOf } from '../sql/row.ts';
import type { Run } from './connection.ts';
import { quotedNames, VERSION, XMIN } from './names.ts';

/**
 * Looks at what the store rests on.
 *
 * @returns which columns of the value are of JSON
 * @throws Error that says what is wrong, with the SQL that mends it
 */
export async function readSchema<T>(run: Run, options: TableOptions<T>): Promise<boolean[]> {
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

/** Of each column: whether its default never repeats, whether it is unique, and whether it is of JSON. */
const FACTS = `SELECT attname,
    attnotnull AND (attidentity <> ''
      OR pg_get_expr(adbin, adrelid) ~ '^(nextval|gen_random_uuid|uuid_generate_v4|uuidv4|uuidv7)[(]'),
    EXISTS (SELECT FROM pg_index WHERE indrelid = attrelid AND indisunique AND indimmediate AND indisvalid
      AND indnkeyatts = 1 AND indkey[0] = attnum AND indpred IS NULL),
    atttypid IN ('json'::regtype, 'jsonb'::regtype)
  FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped`;
