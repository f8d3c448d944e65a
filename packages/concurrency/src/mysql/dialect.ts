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

/**
 * MySQL and MariaDB, whose writes return no row, but one number: LAST_INSERT_ID(expression) is the `insertId` of an UPDATE.
 *
 * @param isCounted - whether the version is an integer, which that number is then; else it is the time of the write
 */
export function mysqlDialect(isCounted: boolean): Dialect {
  return {
    quote,
    foldsNames: true,
    placeholder: () => '?',
    // The first half finds the key in the index. A column of numbers would take '7a' for 7, most of text 'A' or 'a ' for 'a'.
    keyIs: (column, parameter) => `${column} = ${parameter()} AND ${asText(column)} = CAST(${parameter()} AS BINARY)`,
    constant: (value) => value,
    keepsKey,
    versionIs: (column, parameter) => `${isCounted ? asText(column) : column} = CAST(${parameter} AS BINARY)`,
    textOf: asText,
    jsonOf: (parameter) => parameter,
    counted: (column) => `LAST_INSERT_ID(${column} + 1)`,
    randomVersion: (_, parameter) => parameter(),
    makesVersions: false,
    creation: 'duplicate',
    or: '',
    returns: false,
    codecOf,
    timeOf: (type, facts) => timeOf(type, facts, (time) => (isCounted ? time : `LAST_INSERT_ID(${time})`)),
  };
}

/** A name as SQL has it. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

const asText = (column: string) => `CONVERT(${column} USING utf8mb4)`;

/** What a column would keep in another form is not a key: a number of other digits, text that a CHAR would cut. */
function keepsKey({ kind, length }: ColumnFacts, part: string): boolean {
  if (kind === 'integer') return isIntegerOf(length ?? 64, part);
  if (kind === 'uuid') return isUuid(part);
  return kind !== 'folded-text' || !part.endsWith(' ');
}

const CODECS: Readonly<Record<MemberType, (facts: ColumnFacts) => SqlCodec>> = {
  // As text: a driver may be set to parse JSON, or not to.
  json: () => ({ ...PLAIN, read: asText, encode: jsonOf, decode: (cell) => JSON.parse(String(cell)) }),
  boolean: () => ({
    ...PLAIN,
    // A BIT is bytes.
    read: (column) => `${column} + 0`,
    encode: (member) => Number(booleanOf(member)),
    decode: (cell) => Number(cell) !== 0,
  }),
  number: () => ({ ...PLAIN, encode: numberOf, decode: (cell) => Number(String(cell)) }),
  bigint: () => ({
    ...PLAIN,
    read: (column) => `CAST(${column} AS CHAR)`,
    encode: (member) => String(bigintOf(member)),
    decode: (cell) => BigInt(String(cell)),
  }),
  date(facts) {
    const { read, write } = formOf(facts);
    return {
      read,
      write,
      encode: timeOfMember,
      decode: (cell) => new Date(Number(String(cell))),
    };
  },
};

function codecOf(type: MemberType | ColumnCodec | undefined, facts: ColumnFacts): SqlCodec {
  if (typeof type === 'object') return customCodec(type);
  if (type) return CODECS[type](facts);
  return facts.kind === 'json' ? CODECS.json(facts) : plainOf(facts);
}

// A DATETIME has no time zone, and neither does this: that of the session does not matter.
const EPOCH = "TIMESTAMP'1970-01-01 00:00:00'";

/** How a column holds times: as ms since the epoch, read and written. */
function formOf({ kind }: ColumnFacts): { ms(column: string): string } & Pick<SqlCodec, 'read' | 'write'> {
  // A TIMESTAMP goes through the time zone of the session, which has no hour twice (see the schema).
  const ms =
    kind === 'time'
      ? (column: string) => `CAST(UNIX_TIMESTAMP(${column}) * 1000 AS SIGNED)`
      : (column: string) => `TIMESTAMPDIFF(MICROSECOND, ${EPOCH}, ${column}) DIV 1000`;
  const write =
    kind === 'time'
      ? (time: string) => `FROM_UNIXTIME((${time}) / 1000)`
      : (time: string) => `${EPOCH} + INTERVAL (${time}) * 1000 MICROSECOND`;
  return { ms, read: (column) => `CAST(${ms(column)} AS CHAR)`, write };
}

/** @param reported - reports the time of an UPDATE as its insertId */
function timeOf(type: TimeType | undefined, facts: ColumnFacts, reported: (time: string) => string): SqlTime | null {
  const { kind, length } = facts;
  if ((kind !== 'time' && kind !== 'local-time') || (type !== undefined && type !== 'utc')) return null;
  const { ms, read, write } = formOf(facts);
  // The server would round what the column does not keep, to a time that is not yet.
  const step = 10 ** (3 - Math.min(3, length ?? 0));
  const whole = (parameter: string) => `CAST(${parameter} AS SIGNED)`;
  return {
    read,
    now: (parameter) => write(whole(parameter())),
    // The clock may be set back; the modification time of a key does not follow.
    advanced: (column, parameter) => write(reported(`GREATEST(COALESCE(${ms(column)}, 0), ${whole(parameter())})`)),
    encode: (time) => time - (time % step),
    decode: (cell) => Number(String(cell)),
  };
}
