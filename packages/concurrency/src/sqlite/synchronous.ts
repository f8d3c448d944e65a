import { type CurrentVersion, type DeleteOutcome, outcome, type PutOutcome, type Refused } from '@etag/core';
import { refusalOf } from '../current.ts';
import { WriteBlockedError } from '../errors.ts';
import type { Key } from '../key.ts';
import { checkNewVersion } from '../new-version.ts';
import type { Shape } from '../sql/shape.ts';
import type { Bound, Table, Writing } from '../sql/table.ts';
import { type CallOptions, type TableStore, versionedStore } from '../store.ts';
import { type RunNow, schemaQueries, tableFrom } from './schema.ts';
import { isBusy } from './transaction.ts';

/** Runs a step that reads; or one that reads and writes, as one. */
export type Step<T> = <R>(step: (table: Table<T>) => R, call?: CallOptions) => Promise<R>;

/**
 * Asks the catalog for a table.
 *
 * @param schema - where the connection may have others than main; else undefined
 * @throws Error that says why a store cannot use it, with what mends it
 */
export function tableNow<T>(shape: Shape, run: RunNow, schema?: string): Table<T> {
  const { columns, indexes, definition } = schemaQueries(shape, schema);
  return tableFrom(shape, { columns: run(columns), indexes: run(indexes), definition: run(definition) });
}

/** What a write came to; contended where the lock could not be had. */
async function unlessBusy<R>(write: Promise<R>): Promise<R | Refused> {
  try {
    return await write;
  } catch (error) {
    if (isBusy(error)) return outcome({ kind: 'contended' });
    throw error;
  }
}

/**
 * A store on a connection whose statements are synchronous.
 *
 * @param run - runs a statement
 * @param keyParts - of how many texts a key is a list; null where it is one text
 * @param read - runs a step that reads
 * @param write - runs a step that reads and writes, as one transaction
 */
export function synchronousStore<T>(
  run: RunNow,
  keyParts: number | null,
  read: Step<T>,
  write: Step<T>,
): TableStore<T> {
  function current(table: Table<T>, key: Key): CurrentVersion | null {
    const [row] = table.keepsKey(key) ? run(table.version(key)) : [];
    return row ? table.currentOf(row) : null;
  }

  /** The row that a statement wrote. */
  function rowOf(statement: Bound): readonly unknown[] {
    const [row, ...others] = run(statement);
    // A migration may have changed what was there when the table was looked at.
    if (others.length > 0) throw new Error('The write would have changed several rows: the key is not unique any more');
    if (!row) throw new WriteBlockedError();
    return row;
  }

  /** What is stored after a write, as the triggers have left it. */
  function stored(table: Table<T>, key: Key, { statement, stored }: Writing<T>) {
    const row = rowOf(statement);
    if (!table.layout.hasTriggers) return stored(row);
    const [left] = run(table.get(key));
    if (!left) throw new WriteBlockedError();
    return table.versionedOf(left);
  }

  function create(table: Table<T>, key: Key, value: T) {
    const insert = table.create(key, value);
    const revival = table.revive(key, value);
    const isKept = revival && run(revival.statement).length > 0;
    if (!isKept) return stored(table, key, insert);
    return table.versionedOf(run(table.get(key))[0] ?? []);
  }

  return versionedStore<Key, T>({
    keyParts,
    get(key, call) {
      return read((table) => {
        const [row] = table.keepsKey(key) ? run(table.get(key)) : [];
        return row ? table.versionedOf(row) : null;
      }, call);
    },
    version: (key, call) => read((table) => current(table, key), call),
    // The one atomic step: reads the version, evaluates the expectation, writes.
    put(key, value, expectation, call) {
      const step = (table: Table<T>): PutOutcome<T> => {
        const found = current(table, key);
        const refusal = refusalOf(expectation, found);
        if (refusal) return refusal;
        if (!found) return outcome({ kind: 'created', ...create(table, key, value) });
        const written = stored(table, key, table.replace(key, value, null));
        checkNewVersion(found.version, written.version);
        return outcome({ kind: 'updated', ...written });
      };
      return unlessBusy(write(step, call));
    },
    delete(key, expectation, call) {
      const step = (table: Table<T>): DeleteOutcome => {
        const found = current(table, key);
        const refusal = refusalOf(expectation, found);
        if (refusal) return refusal;
        if (found) rowOf(table.remove(key, null));
        return outcome({ kind: found ? 'deleted' : 'missing' });
      };
      return unlessBusy(write(step, call));
    },
    async insert(value, call) {
      const inserted = await write((table) => {
        const writing = table.insert(value);
        const made = table.insertedOf(rowOf(writing.statement), writing);
        const [left] = table.layout.hasTriggers ? run(table.get(made.key)) : [];
        return { ...made, ...(left && table.versionedOf(left)) };
      }, call);
      return outcome({ kind: 'created', ...inserted });
    },
    areAlike: (value, other) => read((table) => table.areAlike(value, other)),
  }) as TableStore<T>;
}
