import { OutcomeUnknownError, type Versioned } from '@etag/core';
import type { CompareAndSet } from '../compare-and-set.ts';
import type { Key } from '../key.ts';
import { knownFailure } from '../known-failure.ts';
import type { Bound, Table, Writing } from '../sql/table.ts';
import type { StepCall } from '../step-call.ts';
import type { Run } from './connection.ts';
import { isUnreadable, isZeroDivision, postgresFailure } from './errors.ts';

/**
 * The steps on a table. Each write is one statement: an UPDATE or DELETE that had to wait for another transaction looks at
 * its WHERE again, or fails where the isolation level keeps it from seeing what the other wrote.
 *
 * @param isInTransaction - whether what runs is part of a transaction, whose end decides what becomes of a write
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
 */
export function engineOf<T>(table: Table<T>, run: Run, isInTransaction: () => boolean): CompareAndSet<Key, T> {
  async function read<R>(key: Key, statement: Bound, of: (row: readonly unknown[]) => R): Promise<R | null> {
    if (!table.keepsKey(key)) return null;
    const [row] = await run(statement);
    return row ? of(row) : null;
  }
  const version = (key: Key) => read(key, table.version(key), table.currentOf);

  /** The row that a statement returned; null when no row has this version, or none can have it. */
  async function written(
    key: Key,
    expected: string | null,
    statement: Bound,
    call: StepCall | undefined,
  ): Promise<readonly unknown[] | null> {
    // Text has no NUL, and neither has a version.
    if (!table.keepsKey(key) || expected?.includes('\0')) return null;
    try {
      const [row = null] = await run(statement, call);
      return row;
    } catch (error) {
      if (isInTransaction() || !isUnreadable(error)) throw error;
      const current = await version(key);
      // There is one, so it was the value that could not be read.
      if (current && (expected === null || expected === current.version)) throw error;
      return null;
    }
  }

  /** What a write has left, where triggers run after it. @param row - what its statement returned */
  function left(key: Key, row: readonly unknown[], { stored }: Writing<T>): Versioned<T> | Promise<Versioned<T>> {
    return table.layout.hasTriggers ? lookBehind(key, row, stored) : stored(row);
  }

  async function lookBehind(key: Key, row: readonly unknown[], stored: Writing<T>['stored']): Promise<Versioned<T>> {
    const [now] = await run(table.get(key)).catch((cause: unknown) => {
      throw isInTransaction() ? cause : new OutcomeUnknownError({ cause });
    });
    // What another transaction has written since is not what this one left.
    return now && (isInTransaction() || now.at(-1) === row.at(-1)) ? table.versionedOf(now) : stored(row);
  }

  async function created(key: Key, writing: Writing<T>, call: StepCall | undefined) {
    let row: readonly unknown[] | undefined;
    try {
      [row] = await run(writing.statement, call);
    } catch (error) {
      if (!isZeroDivision(error)) throw error;
      const message = `The row of ${JSON.stringify(key)} would have another key: its column, or a trigger, changes it`;
      throw knownFailure(new TypeError(message, { cause: error }));
    }
    return row ? left(key, row, writing) : null;
  }

  return {
    keyParts: table.keyParts,
    isInTransaction,
    areAlike: table.areAlike,
    get: (key) => read(key, table.get(key), table.versionedOf),
    version,
    create: (key, value, call) => created(key, table.create(key, value), call),
    replace(key, value, expected, call) {
      const writing = table.replace(key, value, expected);
      return written(key, expected, writing.statement, call).then((row) => row && left(key, row, writing));
    },
    remove(key, expected, call) {
      return written(key, expected, table.remove(key, expected), call).then(Boolean);
    },
    insert(value, call) {
      const writing = table.insert(value);
      return run(writing.statement, call).then(async ([row = []]) => {
        const { key } = table.insertedOf(row, writing);
        return { ...(await left(key, row.slice(0, -table.layout.key.length), writing)), key };
      });
    },
    failure: postgresFailure,
  };
}
