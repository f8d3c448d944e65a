import { jsonOf } from '@etag/core';
import {
  bigintOf,
  cannotHold,
  customCodec,
  type Dialect,
  exact,
  numberOf,
  PLAIN,
  type SqlCodec,
  type SqlTime,
  timeOfMember,
} from '../sql/dialect.ts';
import type { ColumnFacts } from '../sql/facts.ts';
import type { ColumnCodec, MemberType, TimeType } from '../sql/options.ts';

/**
 * SQLite, whose columns keep what they are given, whatever their type is.
 *
 * @param isCounted - whether the version is an integer
 * @param resolvesConflicts - whether a constraint says what is done where it fails, such as ON CONFLICT REPLACE, by which a
 *   write deletes another row. What a statement says comes first: also before what those of triggers say, and so a
 *   statement says nothing where it need not
 */
export function sqliteDialect(isCounted: boolean, resolvesConflicts = false): Dialect {
  return {
    quote,
    foldsNames: true,
    placeholder: () => '?',
    // The first half finds the key in the index. A column of integers would take '07' for 7, a NOCASE one 'A' for 'a'.
    keyIs: (column, parameter) => `${column} = ${parameter()} AND ${asText(column)} = ${parameter()} COLLATE BINARY`,
    // SQLite has no booleans, and few of its drivers take one.
    constant: (value) => (typeof value === 'boolean' ? Number(value) : value),
    keepsKey,
    versionIs: (column, parameter) =>
      `${isCounted ? `typeof(${column}) = 'integer' AND ` : ''}${asText(column)} = ${parameter} COLLATE BINARY`,
    textOf: asText,
    jsonOf: (parameter) => parameter,
    // What is not a number, null among it, stays without a version; and after the last integer there is none, since SQLite
    // would go on with a real number, to which one can be added without a change.
    counted: (column) => `CASE WHEN typeof(${column}) = 'integer' AND ${column} < ${LAST} THEN ${column} + 1 END`,
    randomVersion: (_, parameter) => parameter(),
    makesVersions: false,
    creation: 'not-exists',
    or: resolvesConflicts ? ' OR ABORT' : '',
    returns: true,
    codecOf,
    timeOf,
  };
}

/** The last integer of 64 bits. */
const LAST = '9223372036854775807';

/** A name as SQL has it. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const asText = (column: string) => `CAST(${column} AS TEXT)`;

/** What becomes a number in a column of numbers has to be the number's own text. */
function keepsKey({ kind }: ColumnFacts, part: string): boolean {
  const isInteger = /^(0|-?[1-9]\d{0,18})$/.test(part) && BigInt.asIntN(64, BigInt(part)) === BigInt(part);
  if (kind === 'integer') return isInteger;
  return kind === 'text' || isInteger || Number.isNaN(Number(part));
}

const JSON_TEXT: SqlCodec = { ...PLAIN, encode: jsonOf, decode: (cell) => JSON.parse(String(cell)) };

const CODECS: Readonly<Record<MemberType, (facts: ColumnFacts) => SqlCodec>> = {
  json: () => JSON_TEXT,
  boolean: () => ({ ...PLAIN, encode: bitOf, decode: (cell) => Number(cell) !== 0 }),
  number: () => ({ ...PLAIN, encode: numberOf, decode: Number }),
  // As text: D1 takes no bigint.
  bigint: () => ({
    read: asText,
    write: (parameter) => `CAST(${parameter} AS INTEGER)`,
    encode: (member) => String(bigintOf(member)),
    decode: (cell) => BigInt(String(cell)),
  }),
  date(facts) {
    const form = formOf(undefined, facts) ?? (facts.kind === 'integer' ? 'milliseconds' : 'iso');
    const { encode, decode } = FORMS[form];
    return { ...PLAIN, encode: (member) => encode(timeOfMember(member)), decode: (cell) => new Date(decode(cell)) };
  },
};

function codecOf(type: MemberType | ColumnCodec | undefined, facts: ColumnFacts): SqlCodec {
  if (typeof type === 'object') return customCodec(type);
  if (type) return CODECS[type](facts);
  if (facts.kind === 'json' || facts.kind === 'boolean') return CODECS[facts.kind](facts);
  return { ...PLAIN, encode: (member) => cellOf(member, facts), decode: (cell) => exact(cell, facts) };
}

/** @throws TypeError for what SQLite does not have: drivers refuse it, or keep something else */
function cellOf(member: unknown, facts: ColumnFacts): unknown {
  if (typeof member === 'string' || typeof member === 'bigint' || member instanceof Uint8Array) return member;
  if (typeof member === 'number' && !Number.isNaN(member)) return exact(member, facts);
  throw cannotHold(facts.name, member);
}

/** @throws TypeError for anything but a boolean, and the numbers that stand for one */
function bitOf(member: unknown): number {
  if (typeof member === 'boolean' || member === 0 || member === 1) return Number(member);
  throw new TypeError(`Not a boolean: ${String(member)}`);
}

type Form = Exclude<TimeType, 'utc'>;

/** How a column holds times: what its type, its default, or else the options say. */
function formOf(type: TimeType | undefined, { kind, default: filled }: ColumnFacts): Form | null {
  const isNumber = kind === 'integer';
  if (!type) {
    if (isNumber) return filled === 'now' ? null : 'milliseconds';
    return filled === 'now' ? 'sql' : null;
  }
  const wantsNumber = type === 'milliseconds' || type === 'seconds';
  return type === 'utc' || wantsNumber !== isNumber ? null : type;
}

/** Times in each of the forms that SQLite's own functions give and take, in UTC. */
const FORMS: Readonly<Record<Form, { encode(time: number): unknown; decode(cell: unknown): number }>> = {
  milliseconds: { encode: (time) => time, decode: (cell) => numberIn(cell) },
  seconds: { encode: (time) => Math.floor(time / 1000), decode: (cell) => numberIn(cell) * 1000 },
  iso: { encode: (time) => new Date(time).toISOString(), decode: textIn },
  sql: { encode: (time) => new Date(time).toISOString().slice(0, 19).replace('T', ' '), decode: textIn },
};

function numberIn(cell: unknown): number {
  return typeof cell === 'number' || typeof cell === 'bigint' ? Number(cell) : Number.NaN;
}

/** @see https://sqlite.org/lang_datefunc.html#time_values */
function textIn(cell: unknown): number {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)Z?$/.exec(String(cell)) ?? [];
  return day && time ? Date.parse(`${day}T${time.slice(0, 12)}Z`) : Number.NaN;
}

function timeOf(type: TimeType | undefined, facts: ColumnFacts): SqlTime | null {
  const form = formOf(type, facts);
  if (!form) return null;
  const earliest = facts.kind === 'integer' ? '0' : "''";
  return {
    ...FORMS[form],
    read: (column) => column,
    now: (parameter) => parameter(),
    // The clock may be set back; the modification time of a key does not follow.
    advanced: (column, parameter) => `max(coalesce(${column}, ${earliest}), ${parameter()})`,
  };
}
