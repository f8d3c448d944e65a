import type { CompareAndSet } from '../compare-and-set.ts';
import type { Key } from '../key.ts';
import { knownFailure } from '../known-failure.ts';
import type { Bound, Table, Writing } from '../sql/table.ts';
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

  /** What a statement wrote; null where there is no row of this version, or could be none. */
  async function written<R>(
    key: Key,
    expected: string | null,
    statement: Bound,
    of: (row: readonly unknown[]) => R,
  ): Promise<R | null> {
    // Text has no NUL, and neither has a version.
    if (!table.keepsKey(key) || expected?.includes('\0')) return null;
    try {
      const [row] = await run(statement);
      return row ? of(row) : null;
    } catch (error) {
      if (isInTransaction() || !isUnreadable(error)) throw error;
      const current = await version(key);
      // There is one, so it was the value that could not be read.
      if (current && (expected === null || expected === current.version)) throw error;
      return null;
    }
  }

  async function created(key: Key, { statement, stored }: Writing<T>) {
    try {
      const [row] = await run(statement);
      return row ? stored(row) : null;
    } catch (error) {
      if (!isZeroDivision(error)) throw error;
      const message = `The row of ${JSON.stringify(key)} would have another key: its column, or a trigger, changes it`;
      throw knownFailure(new TypeError(message, { cause: error }));
    }
  }

  return {
    keyParts: table.keyParts,
    isInTransaction,
    areAlike: table.areAlike,
    get: (key) => read(key, table.get(key), table.versionedOf),
    version,
    create: (key, value) => created(key, table.create(key, value)),
    replace(key, value, expected) {
      const { statement, stored } = table.replace(key, value, expected);
      return written(key, expected, statement, stored);
    },
    remove(key, expected) {
      return written(key, expected, table.remove(key, expected), () => true).then(Boolean);
    },
    insert(value) {
      const writing = table.insert(value);
      return run(writing.statement).then(([row]) => table.insertedOf(row as unknown[], writing));
    },
    failure: postgresFailure,
  };
}
