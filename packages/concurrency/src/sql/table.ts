import type { CurrentVersion, Versioned } from '@etag/core';
import type { Key } from '../key.ts';
import { isText } from './facts.ts';
import type { Layout } from './layout.ts';
import type { Shape } from './shape.ts';
import { parametersOf, type Statement } from './statement.ts';
import { statementsOf } from './statements.ts';
import { valuesOf } from './values.ts';

/** A statement and its parameters. */
export type Bound = readonly [sql: string, parameters: readonly unknown[]];

/** What became of a value that was given a key by the database. */
export type Inserted<T> = Versioned<T> & { readonly key: Key };

/** A statement that inserts a value, and the parts of its key that the value has; null for those that the database makes. */
export type Insertion<T> = Writing<T> & { readonly given: readonly (string | null)[] };

/** A statement that writes a value, and what the row says that it returned. */
export interface Writing<T> {
  readonly statement: Bound;
  stored(row: readonly unknown[]): Versioned<T>;
  /** The version that was given to it; null where the database makes one. */
  readonly next: string | null;
  /** The time that was given to it, as its column keeps it. */
  readonly time: unknown;
  /** What the columns of the value hold now, where that is sure without a look at them; else null. */
  readonly echo: readonly unknown[] | null;
}

/** The statements on a table for the keys and values of a call, and what its rows say. */
export interface Table<T> {
  readonly layout: Layout;
  /** Of how many texts a key is a list; null where it is one text. */
  readonly keyParts: number | null;
  /** Whether the columns of the key can hold this one, in the very form in which it is given. */
  keepsKey(key: Key): boolean;
  /** @throws TypeError for a key that its columns would keep in another form */
  checkKey(key: Key): void;
  get(key: Key): Bound;
  version(key: Key): Bound;
  create(key: Key, value: T): Writing<T>;
  /** Null where rows are not kept when they are deleted. */
  revive(key: Key, value: T): Writing<T> | null;
  replace(key: Key, value: T, expected: string | null): Writing<T>;
  remove(key: Key, expected: string | null): Bound;
  /**
   * Of a key that is a list, the value may have parts.
   *
   * @throws TypeError where the database does not make the others, or makes what may have been another row's
   */
  insert(value: T): Insertion<T>;
  /** The key that has these parts. */
  keyFrom(parts: readonly string[]): Key;
  currentOf(row: readonly unknown[]): CurrentVersion;
  versionedOf(row: readonly unknown[]): Versioned<T>;
  /** What the row of a value says whose key the database made. */
  insertedOf(row: readonly unknown[], writing: Writing<T>): Inserted<T>;
  /** The value that a write gives back, of one that is JSON: what was sent. */
  areAlike(value: T, other: T): boolean;
}

/** Of how many texts a key is a list; null where it is one text. */
export function keyPartsOf({ key, isKeyList }: Shape): number | null {
  return isKeyList ? key.length : null;
}

/** @param layout - as the catalog of the database has it */
export function tableOf<T>(layout: Layout): Table<T> {
  const { shape, dialect, modified, deleted } = layout;
  const statements = statementsOf(layout);
  const values = valuesOf<T>(layout);
  const where = shape.where.map(([, value], i) => {
    const constant = dialect.constant(value);
    // MySQL would take text that begins with the number for the number.
    return isText(layout.where[i]) ? String(constant) : constant;
  });
  const name = shape.path.join('.');
  const stateLength = modified ? 2 : 1;

  const partsOf = (key: Key): readonly string[] => (typeof key === 'string' ? [key] : key);
  const find = (statement: Statement, key: Key): Bound => [
    statement.sql,
    parametersOf(statement, { key: partsOf(key), where }),
  ];

  /** @throws TypeError when the value has another key than that of the call */
  function keyOf(key: Key, value: T): readonly string[] {
    const parts = partsOf(key);
    values.checkKey(value, parts);
    return parts;
  }

  function currentOf([version, time]: readonly unknown[]): CurrentVersion {
    if (version == null) throw new Error(`A row of ${name} has no version: its ${shape.version.column} is null`);
    if (!modified || time == null) return { version: String(version) };
    const ms = modified.decode(time);
    if (!Number.isFinite(ms)) {
      const column = shape.modified?.column;
      throw new Error(
        `In a row of ${name}, ${column} is not the time that it should be: ${String(time)}. Name the form of the column, { column: '${column}', type: … }, or none: modified: null`,
      );
    }
    return { version: String(version), modified: ms };
  }

  function versionedOf(row: readonly unknown[]): Versioned<T> {
    return { ...currentOf(row), value: values.fromCells(row.slice(stateLength)) };
  }

  function writing(
    statement: Statement,
    parts: readonly (string | null)[],
    value: T,
    expected: string | null = null,
  ): Writing<T> {
    const cell = values.toCells(value);
    const next = shape.version.isInteger || dialect.makesVersions ? null : crypto.randomUUID();
    const time = modified?.encode(Date.now());
    return {
      statement: [statement.sql, parametersOf(statement, { key: parts, where, cell, next, expected, modified: time })],
      // A value of JSON is kept as it was sent.
      stored: (row) => (shape.members ? versionedOf(row) : { ...currentOf(row), value: values.fromCells(cell) }),
      next,
      time,
      echo: values.echoOf(cell),
    };
  }

  return {
    layout,
    keyParts: keyPartsOf(shape),
    keepsKey(key) {
      return partsOf(key).every((part, i) => {
        const facts = layout.key[i];
        return facts !== undefined && dialect.keepsKey(facts, part);
      });
    },
    checkKey(key) {
      if (this.keepsKey(key)) return;
      const types = layout.key.map(({ name, type }) => `${name} ${type}`).join(', ');
      throw new TypeError(`${JSON.stringify(key)} would be another key in its column (${types}), or none`);
    },
    get: (key) => find(statements.get, key),
    version: (key) => find(statements.version, key),
    create(key, value) {
      this.checkKey(key);
      return writing(statements.create, keyOf(key, value), value);
    },
    revive: (key, value) => statements.revive && writing(statements.revive, keyOf(key, value), value),
    replace(key, value, expected) {
      const statement = expected === null ? statements.replace : statements.replaceVersion;
      return writing(statement, keyOf(key, value), value, expected);
    },
    remove(key, expected) {
      const statement = expected === null ? statements.remove : statements.removeVersion;
      const time = Date.now();
      const values = {
        key: partsOf(key),
        where,
        next: crypto.randomUUID(),
        expected,
        modified: modified?.encode(time),
        deleted: deleted?.encode(time),
      };
      return [statement.sql, parametersOf(statement, values)];
    },
    insert(value) {
      const given = shape.isKeyList ? values.keyOf(value) : [null];
      checkInsert(layout, given);
      const indices = given.flatMap((part, i) => (part === null ? [] : [i]));
      return { ...writing(statements.insert(indices), given, value), given };
    },
    keyFrom: (parts) => (shape.isKeyList ? parts : (parts[0] as string)),
    currentOf,
    versionedOf,
    insertedOf(row, { stored }) {
      return { ...stored(row), key: this.keyFrom(row.slice(-shape.key.length).map(String)) };
    },
    areAlike: values.areAlike,
  };
}

/** @param given - the parts of the key that the value has */
function checkInsert({ shape, dialect, key }: Layout, given: readonly (string | null)[]): void {
  const own = 'put the value under a key of yours';
  if (!given.includes(null)) throw new TypeError('The value has all of its key: put it under that');
  for (const [i, facts] of key.entries()) {
    const part = given[i] ?? null;
    if (part !== null) {
      if (dialect.keepsKey(facts, part)) continue;
      throw new TypeError(`${facts.name} ${facts.type} would not keep ${JSON.stringify(part)} as it is`);
    }
    if (facts.default === 'none' && facts.isNullable) {
      throw new TypeError(`Nothing makes a key in ${facts.name}: ${own}`);
    }
    if (facts.default === 'rowid' && shape.version.isInteger && !shape.deleted) {
      throw new TypeError(
        `A version could repeat: SQLite gives the number of a deleted row again. Declare ${facts.name} INTEGER PRIMARY KEY AUTOINCREMENT, keep deleted rows, deleted: '…', or ${own}`,
      );
    }
  }
}
