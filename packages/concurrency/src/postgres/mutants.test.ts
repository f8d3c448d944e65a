import { outcome, refused } from '@etag/core';
import pg from 'pg';
import { available, startPostgres } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenLaws } from '../../test/broken-laws.ts';
import type { VersionedStore } from '../store.ts';
import type { PgClient, PgPoolClient, PgQuery } from './connection.ts';
import { type PostgresDatabase, postgresStore, postgresTable } from './index.ts';

const server = await available('mutants of postgresStore', () => startPostgres({ fsync: 'off' }));
const pool = new pg.Pool({ connectionString: server?.url, max: 16 });
// A connection that breaks while it is idle is replaced.
pool.on('error', () => {});
const options = { table: 'notes' };
beforeAll(async () => {
  if (server) await pool.query(postgresTable(options));
});
afterAll(async () => {
  await pool.end();
  await server?.stop();
});

/** A pool that runs other statements than it is given. */
function altered(from: string | RegExp, to: string): PostgresDatabase<PgClient> {
  const alter = ({ name, ...query }: PgQuery) => ({ ...query, text: query.text.replace(from, to) });
  return {
    totalCount: 0,
    async connect(): Promise<PgPoolClient> {
      const client = await pool.connect();
      return {
        query: (query: PgQuery) => client.query(alter(query)),
        release: (destroy) => client.release(destroy),
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
      };
    },
    query: (query: PgQuery) => pool.query(alter(query)),
  };
}

describe.skipIf(!server)('the contract catches a store that', () => {
  test('is altered nowhere: not at all', async () => {
    expect(await brokenLaws(postgresStore(altered('', ''), options), '')).toEqual([]);
  });

  const isVersion = /"version"::text = (\$\d)::text COLLATE "C"/;
  test.each([
    ['drops the version check', 'of 32 updates', isVersion, '$1::text IS NOT NULL'],
    ['drops the version check', 'no acknowledged increment', isVersion, '$1::text IS NOT NULL'],
    ['drops it from a delete', 'delete expecting oneOf(seen), when another', isVersion, '$1::text IS NOT NULL'],
    ['keeps the version of an update', 'the same value', '"version" = DEFAULT', '"version" = "version"'],
    ['overwrites what is there', 'put expecting absent', 'DO NOTHING', 'DO UPDATE SET value = excluded.value'],
    ['overwrites what is there', 'of 32 creations', 'DO NOTHING', 'DO UPDATE SET value = excluded.value'],
    [
      'does not mind the case of a key',
      'keys are compared',
      /"key" = (\$\d) AND "key"::text = (\$\d)::text COLLATE "C"/,
      'lower("key") = lower($1) AND $2::text IS NOT NULL',
    ],
    ['counts time in seconds', 'the modification time', /\* 1000\)/, '* 1)'],
  ])('%s: "%s"', async (_, law, from, to) => {
    expect(await brokenLaws(postgresStore(altered(from, to), options), law)).not.toEqual([]);
  });

  test('starts its versions again after a delete', async () => {
    await pool.query(`CREATE TABLE counted (key text PRIMARY KEY, value json, version bigint GENERATED ALWAYS AS IDENTITY);
      CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.version := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END;
        RETURN NEW;
      END $$;
      CREATE TRIGGER counted BEFORE INSERT OR UPDATE ON counted FOR EACH ROW EXECUTE FUNCTION counted()`);
    const store = postgresStore(pool, { table: 'counted', modified: null });
    expect(await brokenLaws(store, 'no old version fits')).toHaveLength(1);
  });

  // A statement reads the snapshot that it began with, even after it has waited for another transaction. It sleeps, so that
  // the others begin before the first has ended, however few of them the machine runs at a time.
  test('tells what is there in the statement that found nothing', async () => {
    const store = postgresStore<unknown>(pool, options);
    const inOne: VersionedStore<string, unknown> = {
      ...store,
      async put(key, value, expectation, call) {
        const [expected] = expectation.oneOf ?? [];
        if (!expected) return store.put(key, value, expectation, call);
        const { rows } = await pool.query(
          `WITH written AS (
            UPDATE notes SET value = $3, version = DEFAULT WHERE key = $1 AND version::text = $2 RETURNING version::text
          ) SELECT (SELECT version FROM written) AS written, (SELECT version::text FROM notes WHERE key = $1) AS current,
            pg_sleep(0.1)`,
          [key, expected, JSON.stringify(value)],
        );
        const { written, current } = rows[0];
        if (written) return outcome({ kind: 'updated', version: written, value });
        return refused(expectation, current && { version: current });
      },
    };
    expect(await brokenLaws(inOne, 'of 32 updates')).toHaveLength(1);
    expect(await brokenLaws(inOne, 'of updates and deletes')).toHaveLength(1);
  });
});
