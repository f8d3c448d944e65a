import type { Versioned } from '@etag/core';
import type { CompareAndSet, WriteFailure } from '../compare-and-set.ts';
import type { Key } from '../key.ts';
import type { TableOptions } from '../sql/options.ts';
import { shapeOf } from '../sql/shape.ts';
import type { Bound, Table, Writing } from '../sql/table.ts';
import { schemaQueries, tableFrom } from './schema.ts';

/** Runs a statement to its end, and gives its rows, by the order of their columns. */
export type Run = (statement: Bound) => Promise<unknown[][]>;

/** Rows by the order of their columns, which all have names of their own. */
export function rowsOf(rows: readonly unknown[]): unknown[][] {
  return rows.map((row) => Object.values(row as object));
}

/** A connection to SQLite that holds no lock between two calls. */
export interface SqliteConnection {
  readonly read: Run;
  /** Runs statements as one transaction, and gives the rows of each. */
  readonly write: (statements: readonly Bound[]) => Promise<unknown[][][]>;
  /** What an error says of the write that it ended. */
  failure(error: unknown): WriteFailure;
  /** Whether the statements are part of a transaction of the caller's. */
  readonly isInTransaction: boolean;
}

/**
 * Asks the catalog for a table.
 *
 * @throws Error that says why a store cannot use it, with what mends it
 */
export async function readTable<T>(options: TableOptions<T>, read: Run): Promise<Table<T>> {
  const shape = shapeOf(options);
  const { columns, indexes, definition } = schemaQueries(shape);
  return tableFrom(shape, {
    columns: await read(columns),
    indexes: await read(indexes),
    definition: await read(definition),
  });
}

/** The steps on a table: each write is one statement, which is a transaction of its own. */
export function engineOf<T>(table: Table<T>, connection: SqliteConnection): CompareAndSet<Key, T> {
  const { read, failure, isInTransaction } = connection;

  async function first<R>(key: Key, statement: Bound, of: (row: readonly unknown[]) => R): Promise<R | null> {
    if (!table.keepsKey(key)) return null;
    const [row] = await read(statement);
    return row ? of(row) : null;
  }

  /** What a statement wrote, as the triggers have left it; null where it found no row. */
  async function written(key: Key, { statement, stored }: Writing<T>): Promise<Versioned<T> | null> {
    if (!table.layout.hasTriggers) {
      const [[row] = []] = await connection.write([statement]);
      return row ? stored(row) : null;
    }
    const [[row] = [], [left] = []] = await connection.write([statement, table.get(key)]);
    return row && left ? table.versionedOf(left) : null;
  }

  async function createOrRevive(key: Key, insert: Writing<T>, revival: Writing<T> | null) {
    return (revival && (await written(key, revival))) ?? written(key, insert);
  }

  return {
    keyParts: table.keyParts,
    isInTransaction: () => isInTransaction,
    areAlike: table.areAlike,
    get: (key) => first(key, table.get(key), table.versionedOf),
    version: (key) => first(key, table.version(key), table.currentOf),
    create: (key, value) => createOrRevive(key, table.create(key, value), table.revive(key, value)),
    replace(key, value, version) {
      const writing = table.replace(key, value, version);
      return table.keepsKey(key) ? written(key, writing) : Promise.resolve(null);
    },
    async remove(key, version) {
      const statement = table.remove(key, version);
      const [rows = []] = table.keepsKey(key) ? await connection.write([statement]) : [];
      return rows.length > 0;
    },
    insert(value) {
      const writing = table.insert(value);
      return connection.write([writing.statement]).then(([rows]) => table.insertedOf(rows?.[0] as unknown[], writing));
    },
    failure,
  };
}
