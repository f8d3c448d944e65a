import { canonicalJson, jsonOf } from '@etag/core';
import { isWellFormed } from '../well-formed.ts';
import type { ColumnFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import type { Member } from './shape.ts';

/** Translates between values and what the columns hold. */
export interface Values<T> {
  /**
   * What a write sets the columns to: those of the members that are written, or the one of JSON.
   *
   * @throws TypeError for a value that is not an object of members, and for a member that its column cannot hold
   */
  toCells(value: T): unknown[];
  /** The value that the columns hold, all of them, in their order. */
  fromCells(cells: readonly unknown[]): T;
  /** @throws TypeError when the value has a key of its own, and it is another one */
  checkKey(value: T, key: readonly string[]): void;
  /** The parts of its key that a value has; null for the others. */
  keyOf(value: T): (string | null)[];
  /** Whether both are stored alike. */
  areAlike(value: T, other: T): boolean;
  /** What the columns give after a write of these cells, where that is sure; null where only they can tell. */
  echoOf(cells: readonly unknown[]): readonly unknown[] | null;
}

/** The values of a table. */
export function valuesOf<T>({ shape: { members, key }, codecs, columns, areWritten }: Layout): Values<T> {
  if (!members) {
    return {
      toCells: (value) => [jsonOf(value)],
      fromCells: ([cell]) => JSON.parse(String(cell)) as T,
      checkKey: () => {},
      keyOf: () => key.map(() => null),
      areAlike: (value, other) => canonicalJson(value) === canonicalJson(other),
      echoOf: (cells) => cells,
    };
  }

  function toCells(value: T): unknown[] {
    const given = membersOf(value);
    return (members as readonly Member[]).flatMap(({ name }, index) => {
      if (!areWritten[index]) return [];
      const member = given[name];
      return [member == null ? null : wellFormed(codecs[index]?.encode(member), name)];
    });
  }

  return {
    toCells,
    fromCells(cells) {
      const decoded = members.map(({ name }, index) => {
        const cell = cells[index];
        return [name, cell == null ? null : codecs[index]?.decode(cell)];
      });
      return Object.fromEntries(decoded) as T;
    },
    checkKey(value, parts) {
      for (const { name, keyPart } of members) {
        const own = keyPart === null ? null : membersOf(value)[name];
        if (own != null && String(own) !== parts[keyPart as number]) {
          throw new TypeError(`The value has ${name}: ${String(own)}, and its key is ${JSON.stringify(parts)}`);
        }
      }
    },
    keyOf(value) {
      const given = membersOf(value);
      return key.map((_, part) => {
        const name = members.find(({ keyPart }) => keyPart === part)?.name ?? '';
        return given[name] == null ? null : (wellFormed(String(given[name]), name) as string);
      });
    },
    areAlike(value, other) {
      const cells = toCells(other);
      return toCells(value).every((cell, index) => isAlike(cell, cells[index]));
    },
    echoOf(cells) {
      const isSure = areWritten.every((isWritten, index) => isWritten && isKept(cells[index], columns[index]));
      return isSure ? cells : null;
    },
  };
}

/** @throws TypeError for text that UTF-8 cannot say: drivers send other text */
function wellFormed(cell: unknown, name: string): unknown {
  if (typeof cell !== 'string' || isWellFormed(cell)) return cell;
  throw new TypeError(`${name} has a lone surrogate, which UTF-8 cannot say: ${JSON.stringify(cell)}`);
}

/** @throws TypeError for what is not an object of members: every column would be null */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (Object.prototype.toString.call(value) !== '[object Object]') {
    const given = Array.isArray(value) ? 'a list' : `${String(value)} (${typeof value})`;
    throw new TypeError(`Not a value of columns: ${given}. Give an object`);
  }
  return value as Record<string, unknown>;
}

/** Whether a column gives a cell back as it is, whatever the driver is set to. */
function isKept(cell: unknown, facts: ColumnFacts | undefined): boolean {
  if (cell === null) return true;
  return facts?.kind === 'text' ? typeof cell === 'string' : facts?.kind === 'integer' && Number.isSafeInteger(cell);
}

/** Whether two cells are the same, whatever form they have: a driver gives a number where text was put, say. */
function isAlike(cell: unknown, other: unknown): boolean {
  if (cell === null || other === null) return cell === other;
  return formOf(cell) === formOf(other);
}

function formOf(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString();
  if (cell instanceof Uint8Array) return `bytes ${cell.join()}`;
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
