import type { ColumnFacts } from './facts.ts';
import type { ColumnCodec, MemberType, TimeType } from './options.ts';

/** How a column holds a member of a value. The functions translate what is not null. */
export interface SqlCodec {
  /** What is selected for the column. */
  read(column: string): string;
  /** What is written to it for a parameter. */
  write(parameter: string): string;
  /** @throws TypeError for a member that the column cannot hold */
  encode(member: unknown): unknown;
  decode(cell: unknown): unknown;
}

/** How a column holds a time. */
export interface SqlTime {
  /** What is selected for the column. */
  read(column: string): string;
  /** The time of this write. A parameter that is asked for is what `encode` makes of the time. */
  now(parameter: () => string): string;
  /** The time of this write, or that of the column when the clock was set back since. */
  advanced(column: string, parameter: () => string): string;
  /** @param time - in ms since the epoch */
  encode(time: number): unknown;
  /** @returns ms since the epoch; NaN for what is not a time in the form that the column should have */
  decode(cell: unknown): number;
}

/** What differs between the databases. Names of columns are given quoted, but for `quote`. */
export interface Dialect {
  quote(name: string): string;
  /** Whether names of columns are compared without regard to case, quoted as well. */
  readonly foldsNames: boolean;
  /** @param number - from 1 */
  placeholder(number: number): string;
  /** That a column of the key is a parameter, character by character, and found by the index. */
  keyIs(column: string, parameter: () => string, facts: ColumnFacts | undefined): string;
  /** What is sent for a value that all rows have in common. */
  constant(value: string | number | bigint | boolean): unknown;
  /** Whether a column keeps this part of a key, in the very form in which it is given. */
  keepsKey(facts: ColumnFacts, part: string): boolean;
  /** That the version is a parameter, as text. */
  versionIs(column: string, parameter: string): string;
  /** A column as text. */
  textOf(column: string): string;
  /** A parameter that is the text of a JSON value. */
  jsonOf(parameter: string): string;
  /** A version that is counted, and one more. */
  counted(column: string): string;
  /** What a write sets a random version to; null where it has no say. */
  randomVersion(column: string, parameter: () => string): string | null;
  /** Whether a row that is inserted without a random version gets one. */
  readonly makesVersions: boolean;
  /** How an INSERT under a key does nothing where the key is taken: by a clause, by a condition, or it fails. */
  readonly creation: 'on-conflict' | 'not-exists' | 'duplicate';
  /** What an INSERT and an UPDATE say of a constraint that fails, so that they do as much as an error and no more. */
  readonly or: '' | ' OR ABORT';
  /** Whether a statement that writes can return the row. */
  readonly returns: boolean;
  /** What an INSERT returns in addition: it fails the statement when the row has another key than it was given. */
  keptKey?(column: string, parameter: () => string): string;
  /** What a statement tells of the transaction that it is in, and a row of the one that wrote it, in the same form. */
  readonly transaction?: { readonly own: string; readonly ofRow: string };
  codecOf(type: MemberType | ColumnCodec | undefined, facts: ColumnFacts): SqlCodec;
  /** Null for a column that does not hold a time, or needs its type to be said. */
  timeOf(type: TimeType | undefined, facts: ColumnFacts): SqlTime | null;
}

/** A column that holds what the driver takes and gives. */
export const PLAIN: SqlCodec = {
  read: (column) => column,
  write: (parameter) => parameter,
  encode: (member) => member,
  decode: (cell) => cell,
};

/**
 * A column without a type of the user's. To one of text, drivers give a text of their own for what is not text, an object
 * for one: it would not come back.
 */
export function plainOf(facts: ColumnFacts): SqlCodec {
  const { name, kind } = facts;
  const isText = kind === 'text' || kind === 'folded-text';
  return {
    ...PLAIN,
    encode(member) {
      const isOther = typeof member === 'symbol' || typeof member === 'function';
      const isObject = typeof member === 'object' && !(member instanceof Uint8Array);
      if (isOther || (isText && isObject)) throw cannotHold(name, member);
      return exact(member, facts);
    },
    decode: (cell) => exact(cell, facts),
  };
}

/**
 * A number of a column of integers, read or written. Beyond 2^53 JavaScript rounds it: what was read would be written back
 * as another one.
 *
 * @throws RangeError for one that may be rounded
 */
export function exact(cell: unknown, { name, kind }: ColumnFacts): unknown {
  if (kind !== 'integer' || typeof cell !== 'number' || !Number.isInteger(cell) || Number.isSafeInteger(cell))
    return cell;
  const advice = `columns: { …: { column: '${name}', type: 'bigint' } }`;
  throw new RangeError(
    `${name} has the number ${cell}, which JavaScript may have rounded: beyond 2^53, give it a type, ${advice}`,
  );
}

/** The error for a member that a column cannot hold. */
export function cannotHold(column: string, member: unknown): TypeError {
  const advice = "give the column a type, columns: { …: { type: 'boolean' } }, or 'json', or 'date'";
  return new TypeError(`${column} cannot hold ${String(member)} (${typeof member}): ${advice}`);
}

/** A column with a codec of the user's. */
export function customCodec({ toColumn, fromColumn }: ColumnCodec): SqlCodec {
  return { ...PLAIN, encode: (member) => toColumn(member), decode: (cell) => fromColumn(cell) };
}

/**
 * The time of a member, which JSON makes text of.
 *
 * @returns ms since the epoch
 * @throws TypeError for anything but a Date or text like `2026-01-02T12:00:00.000Z`
 */
export function timeOfMember(member: unknown): number {
  const isText = typeof member === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(member);
  const time = isText || member instanceof Date ? new Date(member).getTime() : Number.NaN;
  if (Number.isNaN(time)) throw new TypeError(`Not a time: ${String(member)}. Give a Date, or text as JSON has one`);
  return time;
}

/** @throws TypeError for anything but a boolean */
export function booleanOf(member: unknown): boolean {
  if (typeof member !== 'boolean') throw new TypeError(`Not a boolean: ${String(member)}`);
  return member;
}

/** @throws TypeError for anything but a number */
export function numberOf(member: unknown): number {
  if (typeof member !== 'number') throw new TypeError(`Not a number: ${String(member)}`);
  return member;
}

/** @throws TypeError for anything but a bigint or a safe integer */
export function bigintOf(member: unknown): bigint {
  if (typeof member === 'bigint') return member;
  if (!Number.isSafeInteger(member)) throw new TypeError(`Not a bigint: ${String(member)}`);
  return BigInt(member as number);
}
