import { any, oneOf } from '@etag/core';
import mysql from 'mysql2/promise';
import { available, startMariadb } from 'servers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import type { MysqlPoolConnection } from './connection.ts';
import { type MysqlPool, mysqlStore, mysqlTable } from './index.ts';

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

type Statement = Parameters<MysqlPool['execute']>[0];

/** A pool that runs other statements than it is given. */
function altered(from: string, to: string): MysqlPool {
  return {
    execute: (statement) => pool.execute({ ...statement, sql: statement.sql.replace(from, to) }),
    async getConnection() {
      const connection: MysqlPoolConnection = await pool.getConnection();
      const execute = connection.execute.bind(connection);
      return Object.assign(connection, {
        execute: (statement: Statement) => execute({ ...statement, sql: statement.sql.replace(from, to) }),
      });
    },
  };
}

describe.skipIf(!server)('the contract catches a store that', () => {
  test('is altered nowhere: not at all', async () => {
    expect(await brokenLaws(mysqlStore(altered('', ''), options), '')).toEqual([]);
  });

  const isVersion = '`version` = CAST(? AS BINARY)';
  test.each([
    ['drops the version check', 'of 32 updates', isVersion, '? IS NOT NULL'],
    ['drops the version check', 'no acknowledged increment', isVersion, '? IS NOT NULL'],
    ['drops it from a delete', 'delete expecting oneOf(seen), when another', isVersion, '? IS NOT NULL'],
    ['hides what INSERT says', 'of 32 creations', 'INSERT INTO', 'INSERT IGNORE INTO'],
    ['overwrites what is there', 'put expecting absent', 'INSERT INTO', 'REPLACE INTO'],
    [
      'keeps the version of an update',
      'the same value',
      'SET `version` = ?',
      "SET `version` = IF(? = '', '', `version`)",
    ],
    ['does not ask which time it has become', 'what a write returns', 'LAST_INSERT_ID(GREATEST', '(GREATEST'],
    ['counts time in seconds', 'what a write returns', 'DIV 1000', 'DIV 1000000 * 1000'],
  ])('%s: "%s"', async (_, law, from, to) => {
    expect(await brokenLaws(mysqlStore(altered(from, to), options), law)).not.toEqual([]);
  });

  test('starts its versions again after a delete', async () => {
    let count = 0;
    const random = vi.spyOn(crypto, 'randomUUID').mockImplementation(() => `${++count}-0-0-0-0`);
    const counting: MysqlPool = {
      getConnection: () => pool.getConnection(),
      execute(statement) {
        if (statement.sql.startsWith('DELETE')) count = 0;
        return pool.execute(statement);
      },
    };
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

  test('with a plain SELECT finds the versions that are gone, over and over', async () => {
    expect(await says(' LOCK IN SHARE MODE')).toMatchObject([{ kind: 'contended' }, { kind: 'contended' }, 2]);
  });

  test('with a plain SELECT reads a value that is gone', async () => {
    expect(await says(' FOR UPDATE')).toMatchObject([{ kind: 'stale' }, { kind: 'missing' }, 1]);
  });
});
