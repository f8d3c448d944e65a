import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { any } from '@etag/core';
import { afterAll, describe, expect, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import { compareAndSetStore } from '../compare-and-set.ts';
import type { Bound } from '../sql/table.ts';
import type { VersionedStore } from '../store.ts';
import { engineOf, type Run, readTable, rowsOf, type SqliteConnection } from './engine.ts';
import { type SqliteDatabase, sqliteStore, sqliteTable } from './index.ts';
import type { SqliteValue } from './transaction.ts';

const options = { table: 'notes' };
const folder = mkdtempSync(join(tmpdir(), 'concurrency-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A store whose writes are single statements, as on D1, with other SQL than theirs. */
async function single(from: string | RegExp, to: string): Promise<VersionedStore<string, unknown>> {
  const db = new DatabaseSync(':memory:');
  db.exec(sqliteTable(options));
  const read: Run = async ([sql, parameters]) => {
    await null;
    return rowsOf(db.prepare(sql.replace(from, to)).all(...(parameters as SqliteValue[])));
  };
  const write: SqliteConnection['write'] = async ([statement]) => [await read(statement as Bound)];
  const connection: SqliteConnection = { read, write, failure: () => 'failed', isInTransaction: false };
  return compareAndSetStore(engineOf(await readTable(options, read), connection)) as VersionedStore<string, unknown>;
}

/** A store on a connection that runs other SQL than it is given. */
function altered(from: string | RegExp, to: string, path = ':memory:'): VersionedStore<string, unknown> {
  const db = new DatabaseSync(path);
  const other: SqliteDatabase = {
    exec: (sql) => db.exec(sql.replace(from, to)),
    prepare: (sql) => db.prepare(sql.replace(from, to)),
  };
  return sqliteStore(other, options);
}

describe('the contract catches a store that', () => {
  test('is altered nowhere: not at all', async () => {
    expect(await brokenLaws(await single('', ''), '')).toEqual([]);
    expect(await brokenLaws(altered('', ''), '')).toEqual([]);
  });

  const isKey = 'CAST("key" AS TEXT) = ? COLLATE BINARY';
  const isVersion = 'CAST("version" AS TEXT) = ? COLLATE BINARY';
  test.each([
    ['drops the version check', 'of 32 updates', isVersion, '? IS NOT NULL'],
    ['drops the version check', 'no acknowledged increment', isVersion, '? IS NOT NULL'],
    ['drops it from a delete', 'delete expecting oneOf(seen), when another', isVersion, '? IS NOT NULL'],
    [
      'overwrites what is there',
      'put expecting absent',
      /INSERT (.*) NOT EXISTS/,
      'INSERT OR REPLACE $1 1 OR NOT EXISTS',
    ],
    ['keeps the version of an update', 'the same value', '"version" = ?', '"version" = iif(?, "version", "version")'],
    ['folds the case of keys', 'keys are compared', `"key" = ? AND ${isKey}`, '"key" = ? COLLATE NOCASE AND ? NOTNULL'],
    ['counts time in seconds', 'the modification time', 'max(coalesce("modified", 0), ?)', '? / 1000'],
  ])('%s: "%s"', async (_, law, from, to) => {
    expect(await brokenLaws(await single(from, to), law)).not.toEqual([]);
  });
});

// A statement that is not run to its end commits later, and what that comes to is lost: https://sqlite.org/c3ref/reset.html
describe('a commit that finds a reader', () => {
  async function write(from: string | RegExp, to: string, path: string) {
    const store = altered(from, to, path);
    const reader = new DatabaseSync(path);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM notes').get();
    setTimeout(() => reader.exec('ROLLBACK'), 30);
    const { kind } = await store.put('a', 1, any);
    return [kind, (await sqliteStore(new DatabaseSync(path), options).get('a'))?.value];
  }

  test('is waited for', async () => {
    expect(await write('', '', join(folder, 'sound.db'))).toEqual(['created', 1]);
  });

  test('is waited for without BEGIN and COMMIT as well: each statement is run to its end', async () => {
    const statements = /^(BEGIN IMMEDIATE|COMMIT)$/;
    expect(await write(statements, 'SELECT 1', join(folder, 'single.db'))).toEqual(['created', 1]);
  });
});
