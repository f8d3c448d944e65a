import type { TableOptions } from '../sql/options.ts';
import { shapeOf } from '../sql/shape.ts';
import { keyPartsOf, type Table } from '../sql/table.ts';
import type { RunNow } from '../sqlite/schema.ts';
import { type Step, synchronousStore, tableNow } from '../sqlite/synchronous.ts';
import { sqliteTable } from '../sqlite/table.ts';
import type { SqliteValue } from '../sqlite/transaction.ts';
import type { TableStore } from '../store.ts';

/** A `DurableObjectStorage` of an object that keeps SQLite. */
export interface DurableObjectSql {
  readonly sql: { exec(sql: string, ...parameters: SqliteValue[]): { raw(): Iterable<unknown[]> } };
  transactionSync<R>(step: () => R): R;
}

/**
 * A store in a table of a Cloudflare Durable Object, used within it: each write is one `transactionSync`, and nothing else
 * of the object runs meanwhile. Without `columns` the value is kept as JSON, in a table that is created if it is not there.
 * With them the table is yours, and has what `sqliteTable` prints.
 *
 * What the store writes within `storage.transaction()` is part of it. The runtime holds back the response of the object
 * until its writes are on disk, and sends none where they could not be.
 *
 * @param storage - `ctx.storage`
 * @param options - the table and its columns
 * @returns a store
 * @throws TypeError for what is not the storage of an object that keeps SQLite, or for options that are not; from the
 *   methods, for a key that its column cannot hold, or a value that is not JSON or that its columns cannot hold
 * @throws Error when the store cannot use the table, with what mends it
 * @see https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/
 */
export function durableObjectStore<T>(storage: DurableObjectSql, options: TableOptions<T>): TableStore<T> {
  checkStorage(storage);
  const shape = shapeOf(options);
  const run: RunNow = ([sql, parameters]) => [...storage.sql.exec(sql, ...(parameters as SqliteValue[])).raw()];
  let opened: Table<T> | undefined;

  function open(): Table<T> {
    if (opened) return opened;
    if (!options.columns) storage.sql.exec(sqliteTable(options));
    opened = tableNow<T>(shape, run);
    return opened;
  }

  open();
  const read: Step<T> = async (step) => step(open());
  const write: Step<T> = async (step) => storage.transactionSync(() => step(open()));
  return synchronousStore(run, keyPartsOf(shape), read, write);
}

/** @throws TypeError for anything else, `ctx` itself for one */
function checkStorage(storage: DurableObjectSql): void {
  const { sql, transactionSync } = Object(storage) as Partial<DurableObjectSql>;
  if (typeof sql?.exec === 'function' && typeof transactionSync === 'function') return;
  throw new TypeError('Not the storage of a Durable Object: give ctx.storage, of a class under new_sqlite_classes');
}
