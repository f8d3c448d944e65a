import { jsonOf } from '@etag/core';
import {
  bigintOf,
  booleanOf,
  customCodec,
  type Dialect,
  numberOf,
  PLAIN,
  plainOf,
  type SqlCodec,
  type SqlTime,
  timeOfMember,
} from '../sql/dialect.ts';
import type { ColumnFacts } from '../sql/facts.ts';
import { isIntegerOf, isUuid } from '../sql/key.ts';
import type { ColumnCodec, MemberType, TimeType } from '../sql/options.ts';

/** The system column that holds the number of the transaction which wrote the row. */
export const XMIN = 'xmin';

/** PostgreSQL, which makes the versions itself, and whose statements return what they wrote. */
export const POSTGRES: Dialect = {
  quote,
  foldsNames: false,
  placeholder: (number) => `$${number}`,
  // The first half finds the key in the index. A column of integers would take '07' for 7, one of citext 'A' for 'a'.
  // Compared with an enum, text that is not one of its labels would be an error.
  keyIs: (column, parameter, facts) =>
    facts?.kind === 'label'
      ? isText(column, parameter())
      : `${column} = ${parameter()} AND ${isText(column, parameter())}`,
  constant: (value) => value,
  keepsKey,
  versionIs: (column, parameter) => isText(column, parameter),
  textOf: (column) => `${column}::text`,
  jsonOf: asJson,
  counted: (column) => `${column} + 1`,
  randomVersion: (column) => (column === quote(XMIN) ? null : 'DEFAULT'),
  makesVersions: true,
  creation: 'on-conflict',
  or: '',
  returns: true,
  // A trigger, or the type of the column, may have made another key of it: division_by_zero ends the statement.
  keptKey: (column, parameter) => `1 / (${isText(column, parameter())})::int`,
  transaction: { own: '(txid_current() % 4294967296)::text', ofRow: `${XMIN}::text` },
  codecOf,
  timeOf,
};

/** A name as SQL has it. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Drivers differ in how they send an array or a text as JSON: it goes as the text of it. */
function asJson(parameter: string): string {
  return `${parameter}::text::json`;
}

function isText(column: string, parameter: string): string {
  return `${column}::text = ${parameter}::text COLLATE "C"`;
}

/** A column of another type has no such key, and the statement would fail. Text has no NUL. */
function keepsKey({ kind, length }: ColumnFacts, part: string): boolean {
  if (kind === 'integer') return isIntegerOf(length ?? 64, part);
  return kind === 'uuid' ? isUuid(part) : !part.includes('\0');
}

const CODECS: Readonly<Record<MemberType, (facts: ColumnFacts) => SqlCodec>> = {
  json: ({ kind }) =>
    kind === 'json'
      ? { ...PLAIN, write: asJson, encode: jsonOf }
      : { ...PLAIN, encode: jsonOf, decode: (cell) => JSON.parse(String(cell)) },
  boolean: ({ kind }) =>
    kind === 'boolean'
      ? { ...PLAIN, encode: booleanOf }
      : { ...PLAIN, encode: (member) => Number(booleanOf(member)), decode: (cell) => Number(cell) !== 0 },
  number: () => ({ ...PLAIN, encode: numberOf, decode: Number }),
  bigint: () => ({
    ...PLAIN,
    read: (column) => `${column}::text`,
    encode: (member) => String(bigintOf(member)),
    decode: (cell) => BigInt(String(cell)),
  }),
  date({ kind }) {
    const zoned = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000)`;
    return {
      read: kind === 'time' ? ZONED.read : LOCAL.read,
      write: kind === 'time' ? zoned : (parameter) => `${zoned(parameter)} AT TIME ZONE 'UTC'`,
      encode: timeOfMember,
      decode: (cell) => new Date(Number(cell)),
    };
  },
};

function codecOf(type: MemberType | ColumnCodec | undefined, facts: ColumnFacts): SqlCodec {
  if (typeof type === 'object') return customCodec(type);
  if (type) return CODECS[type](facts);
  return facts.kind === 'json' ? CODECS.json(facts) : plainOf(facts);
}

/** `timestamptz`. */
const ZONED = timeIn('now()', (column) => column);

/** A timestamp without a zone, which holds UTC: its epoch is that of its digits. */
const LOCAL = timeIn("now() AT TIME ZONE 'UTC'", (column) => `${column}::timestamp`);

function timeIn(now: string, epoch: (column: string) => string): SqlTime {
  return {
    read: (column) => `floor(extract(epoch FROM ${epoch(column)}) * 1000)::float8`,
    now: () => now,
    // The clock may be set back; the modification time of a key does not follow.
    advanced: (column) => `greatest(${column}, ${now})`,
    encode: () => null,
    decode: Number,
  };
}

function timeOf(type: TimeType | undefined, { kind }: ColumnFacts): SqlTime | null {
  if (kind === 'time' && (type === undefined || type === 'utc')) return ZONED;
  return kind === 'local-time' && type === 'utc' ? LOCAL : null;
}
