import { OutcomeUnknownError, type Versioned } from '@etag/core';
import type { CompareAndSet, WriteFailure } from '../compare-and-set.ts';
import type { Key } from '../key.ts';
import { knownFailure } from '../known-failure.ts';
import type { Bound, Table, Writing } from '../sql/table.ts';
import type { StepCall } from '../step-call.ts';
import type { Run, Written } from './connection.ts';
import { isDuplicate, isUnreadable } from './errors.ts';

/** How statements are run, and those of one write together. */
export interface MysqlRuns {
  readonly run: Run;
  /** Runs some statements as one transaction. */
  together<R>(work: (run: Run) => Promise<R>, call?: StepCall): Promise<R>;
  /** What an error says of the write that it ended. */
  failure(error: unknown): WriteFailure;
  /**
   * Whether the statements are part of a transaction. There a plain SELECT sees the snapshot of the first one, but UPDATE
   * and DELETE see the latest version: so must what tells why they found nothing.
   *
   * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-consistent-read.html
   */
  readonly isInTransaction: boolean;
}

/** How often an INSERT is tried that meets a row which is gone when it is looked for. */
const TRIES = 3;

/** The steps on a table: each write is one statement, or one transaction where the row has to be read for what it says. */
export function engineOf<T>(
  table: Table<T>,
  { run, together, failure, isInTransaction }: MysqlRuns,
): CompareAndSet<Key, T> {
  const { layout } = table;
  // A share lock: those who lost to a creation all have one already, and would wait for each other's to go.
  const locking = (sql: string, lock: string) => (isInTransaction ? `${sql} ${lock}` : sql);

  async function read<R>(key: Key, [sql, parameters]: Bound, lock: string, of: (row: readonly unknown[]) => R) {
    if (!table.keepsKey(key)) return null;
    const [row] = ((await unlessUnreadable(run([locking(sql, lock), parameters]))) ?? []) as unknown[][];
    return row ? of(row) : null;
  }
  const version = (key: Key) => read(key, table.version(key), 'LOCK IN SHARE MODE', table.currentOf);

  /** The row of a key, which this transaction has written. */
  async function written(run: Run, key: Key): Promise<Versioned<T>> {
    const [row] = (await run(table.get(key))) as unknown[][];
    if (row) return table.versionedOf(row);
    const message = `The row of ${JSON.stringify(key)} would have another key: its column, or a trigger, changes it`;
    throw knownFailure(new TypeError(message));
  }

  /** Runs a statement that writes, and gives what is stored; null where it found no row. */
  async function write(
    key: Key,
    writing: Writing<T>,
    isUpdate: boolean,
    call: StepCall | undefined,
  ): Promise<Versioned<T> | null> {
    const known = layout.hasTriggers ? null : knownOf(writing, isUpdate);
    if (known) {
      const result = (await run(writing.statement, call)) as Written;
      return Number(result.affectedRows) > 0 ? writing.stored(known(result)) : null;
    }
    return together(async (run) => {
      const result = (await run(writing.statement)) as Written;
      return Number(result.affectedRows) > 0 ? written(run, key) : null;
    }, call);
  }

  /** What the row of a write says, where that is known without a look at it; null where it is not. */
  function knownOf({ next, time, echo }: Writing<T>, isUpdate: boolean): ((result: Written) => unknown[]) | null {
    const { version, modified } = layout;
    if (!echo) return null;
    if (next !== null) return (result) => [next, ...(modified ? [isUpdate ? reportedBy(result) : time] : []), ...echo];
    // A count and a time: one of them is not reported.
    if (modified) return null;
    if (isUpdate) return (result) => [countOf(result), ...echo];
    return version?.default === 'none' ? () => [1, ...echo] : null;
  }

  async function create(
    key: Key,
    insert: Writing<T>,
    revival: Writing<T> | null,
    tries: number,
    call: StepCall | undefined,
  ): Promise<Versioned<T> | null> {
    const revived = revival && (await write(key, revival, true, call));
    if (revived) return revived;
    try {
      return await write(key, insert, false, call);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      if (await version(key)) return null;
      // Another unique column has it; or the key had it, and was deleted since.
      if (tries === 1) throw error;
      return create(key, insert, revival, tries - 1, call);
    }
  }

  return {
    keyParts: table.keyParts,
    areAlike: table.areAlike,
    get: (key) => read(key, table.get(key), 'FOR UPDATE', table.versionedOf),
    version,
    create(key, value, call) {
      table.checkKey(key);
      return create(key, table.create(key, value), table.revive(key, value), TRIES, call);
    },
    replace(key, value, expected, call) {
      const writing = table.replace(key, value, expected);
      return table.keepsKey(key) ? unlessUnreadable(write(key, writing, true, call)) : Promise.resolve(null);
    },
    async remove(key, expected, call) {
      if (!table.keepsKey(key)) return false;
      const result = (await unlessUnreadable(run(table.remove(key, expected), call))) as Written | null;
      return Number(result?.affectedRows ?? 0) > 0;
    },
    insert(value, call) {
      const { statement, given } = table.insert(value);
      if (given.some((part, i) => part === null && layout.key[i]?.default !== 'sequence')) {
        throw new TypeError('MySQL tells only which number AUTO_INCREMENT made: put the value under a key of yours');
      }
      return together(async (run) => {
        const { insertId } = (await run(statement)) as Written;
        const key = table.keyFrom(given.map((part) => part ?? String(insertId)));
        return { ...(await written(run, key)), key };
      }, call);
    },
    failure,
  };
}

/**
 * The count or the time that an UPDATE has reported, which is more than 0; null where a trigger has kept it back that was
 * not there when the table was looked at.
 */
function reportedBy({ insertId }: Written): number | string | null {
  return Number(insertId) === 0 ? null : insertId;
}

/** @throws OutcomeUnknownError where no count was reported: the row is written, and nobody knows as which version */
function countOf(result: Written): number | string {
  const count = reportedBy(result);
  if (count !== null) return count;
  throw new OutcomeUnknownError({ cause: new Error('The table has got a trigger since: make a new store') });
}

/** What a statement comes to; null where it cannot read the key, which is then in no row. */
async function unlessUnreadable<R>(running: Promise<R>): Promise<R | null> {
  try {
    return await running;
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}
