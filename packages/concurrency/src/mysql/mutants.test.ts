import { any, oneOf } from '@etag/core';
import mysql from 'mysql2/promise';
import { available, startMariadb } from 'servers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import { watchPool } from '../../test/watch-pool.ts';
import { mysqlStore, mysqlTable } from './index.ts';

const server = await available('mutants of mysqlStore', () => startMariadb({ innodb_flush_log_at_trx_commit: 2 }));
const pool = mysql.createPool({ uri: server?.url ?? 'mysql://127.0.0.1:1/', connectionLimit: 16 });
const options = { table: 'notes' };
beforeAll(async () => {
  if (!server) return;
  await pool.query(mysqlTable(options));
  await pool.query('CREATE TABLE other AS SELECT 1');
});
afterAll(async () => {
  await pool.end();
  await server?.stop();
});

/** A pool that runs other statements than it is given. */
const altered = (from: string, to: string) =>
  watchPool(pool, (statement, execute) => execute({ ...statement, sql: statement.sql.replace(from, to) }));

describe.skipIf(!server)('the contract catches a store that', () => {
  test('is altered nowhere: not at all', async () => {
    expect(await brokenLaws(mysqlStore(altered('', ''), options), '')).toEqual([]);
  });

  const isVersion = '`version` = CAST(? AS BINARY)';
  test.each([
    ['drops the version check', 'of 32 updates', isVersion, '? IS NOT NULL'],
    ['drops the version check', 'no acknowledged increment', isVersion, '? IS NOT NULL'],
    ['drops it from a delete', 'delete expecting oneOf(seen), when another', isVersion, '? IS NOT NULL'],
    ['overwrites what is there', 'of 32 creations', 'INSERT INTO', 'REPLACE INTO'],
    ['overwrites what is there', 'put expecting absent', 'INSERT INTO', 'REPLACE INTO'],
    ['keeps the version of an update', 'the same value', '`version` = ?,', "`version` = IF(? = '', '', `version`),"],
    ['does not ask which time it has become', 'what a write returns', 'LAST_INSERT_ID(GREATEST', '(GREATEST'],
    ['counts time in seconds', 'what a write returns', 'DIV 1000', 'DIV 1000000 * 1000'],
  ])('%s: "%s"', async (_, law, from, to) => {
    expect(await brokenLaws(mysqlStore(altered(from, to), options), law)).not.toEqual([]);
  });

  test('starts its versions again after a delete', async () => {
    let count = 0;
    const random = vi.spyOn(crypto, 'randomUUID').mockImplementation(() => `${++count}-0-0-0-0`);
    const counting = watchPool(pool, (statement, execute) => {
      if (statement.sql.startsWith('DELETE')) count = 0;
      return execute(statement);
    });
    expect(await brokenLaws(mysqlStore(counting, options), 'no old version fits')).toHaveLength(1);
    random.mockRestore();
  });
});

describe.skipIf(!server)('in a transaction that is older than what others wrote, a store', () => {
  const outside = mysqlStore<number>(pool, options);

  /** What it says to an update and a delete of versions that are gone since its snapshot was made. */
  async function says(from: string) {
    const [a, b] = [crypto.randomUUID(), crypto.randomUUID()];
    await outside.put(a, 1, any);
    await outside.put(b, 1, any);
    const [old, gone] = [(await outside.get(a))?.version ?? '', (await outside.get(b))?.version ?? ''];
    return mysqlStore<number>(altered(from, ''), options).transact(async (inside, connection) => {
      await connection.execute({ sql: 'SELECT * FROM other', values: [], rowsAsArray: true, nestTables: false });
      await outside.put(a, 2, any);
      await outside.delete(b, any);
      return [await inside.put(a, 3, oneOf(old)), await inside.delete(b, oneOf(gone)), (await inside.get(a))?.value];
    });
  }

  test('that locks what it reads tells what is there', async () => {
    expect(await says('nothing')).toMatchObject([{ kind: 'stale' }, { kind: 'missing' }, 2]);
  });

  test('with a plain SELECT finds the version that is gone, and cannot tell why it was refused', async () => {
    await expect(says(' LOCK IN SHARE MODE')).rejects.toMatchObject({ code: 'ETAG_WRITE_BLOCKED' });
  });

  test('with a plain SELECT reads a value that is gone', async () => {
    expect(await says(' FOR UPDATE')).toMatchObject([{ kind: 'stale' }, { kind: 'missing' }, 1]);
  });
});
