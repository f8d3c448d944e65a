import { absent, any, oneOf } from '@etag/core';
import pg from 'pg';
import { available, startPostgresPair } from 'servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { VersionedStore } from '../store.ts';
import { postgresStore, postgresTable } from './index.ts';

const pair = await available('postgresStore beside a replica', () => startPostgresPair({ fsync: 'off' }));

const options = { table: 'notes', modified: null };
/** A pool whose connections may end with the server, before the pool has closed them. */
function poolOf(connectionString: string | undefined): pg.Pool {
  const pool = new pg.Pool({ connectionString });
  return pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
}

const PATIENCE = { timeout: 20_000 };

describe.skipIf(!pair)('with a hot standby', () => {
  const [primary, standby] = [poolOf(pair?.primary.url), poolOf(pair?.standby.url)] as const;
  let onPrimary: VersionedStore<string, string>;
  let onStandby: VersionedStore<string, string>;
  let version: string;

  beforeAll(async () => {
    await primary.query(postgresTable(options));
    await caughtUp();
    onPrimary = postgresStore<string>(primary, options);
    onStandby = postgresStore<string>(standby, options);
  }, 30_000);
  beforeEach(async () => {
    ({ version } = (await onPrimary.put('a', 'first', any)) as { version: string });
    await caughtUp();
    await standby.query('SELECT pg_wal_replay_pause()');
    await vi.waitFor(async () => expect(await pauseState()).toBe('paused'), PATIENCE);
  });
  afterAll(async () => {
    await Promise.all([primary.end(), standby.end()]);
    await pair?.standby.stop();
    await pair?.primary.stop();
  });

  /** Has the standby replay all that the primary wrote. */
  async function caughtUp(): Promise<void> {
    const { rows } = await primary.query('SELECT pg_current_wal_flush_lsn() AS lsn');
    await standby.query('SELECT pg_wal_replay_resume()');
    const isThere = async () => {
      const replayed = await standby.query('SELECT pg_last_wal_replay_lsn() >= $1 AS is', [rows[0].lsn]);
      return replayed.rows[0].is;
    };
    await vi.waitFor(async () => expect(await isThere()).toBe(true), PATIENCE);
  }

  const pauseState = async () => (await standby.query('SELECT pg_get_wal_replay_pause_state() AS state')).rows[0].state;

  test('an old tag that it gave is stale to the primary, until it has caught up', async () => {
    const second = (await onPrimary.put('a', 'second', any)) as { version: string };
    const read = await onStandby.get('a');
    expect(read).toEqual({ version, value: 'first' });
    const refused = await onPrimary.put('a', 'of who read the first', oneOf(version));
    expect(refused).toMatchObject({ kind: 'stale', current: { version: second.version } });
    expect(await onPrimary.get('a')).toMatchObject({ value: 'second' });
    await caughtUp();
    const next = (await onStandby.get('a'))?.version ?? '';
    expect(await onPrimary.put('a', 'third', oneOf(next))).toMatchObject({ kind: 'updated' });
  });

  test('a deleted and re-created row is stale to who read it there before', async () => {
    await onPrimary.delete('a', any);
    await onPrimary.put('a', 'another', absent);
    const old = (await onStandby.state('a'))?.etag;
    expect(old).toBe(`"v${version}"`);
    expect(await onPrimary.delete('a', oneOf(version))).toMatchObject({ kind: 'stale' });
  });

  test('a store on it reads, and its writes are the error of PostgreSQL: nothing is written', async () => {
    const writes = [
      () => onStandby.put('a', 'mine', oneOf(version)),
      () => onStandby.put('a', 'mine', any),
      () => onStandby.put('new', 'mine', absent),
      () => onStandby.delete('a', oneOf(version)),
      () => postgresStore<string>(standby, options).transact((store) => store.put('a', 'mine', any)),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ code: '25006' });
    await caughtUp();
    expect(await onStandby.get('a')).toEqual({ version, value: 'first' });
    expect(await onPrimary.get('new')).toBeNull();
  });

  test('a pool that sends reads to it makes an error of a stale write, which writes nothing', async () => {
    const reading = postgresStore<string>(readingFrom(standby), options);
    await onPrimary.put('a', 'second', any);
    const put = reading.put('a', 'of who read the first', oneOf(version));
    await expect(put).rejects.toMatchObject({ code: 'ETAG_WRITE_BLOCKED' });
    expect(await onPrimary.get('a')).toMatchObject({ value: 'second' });
    await caughtUp();
    expect(await reading.put('a', 'of who read the first', oneOf(version))).toMatchObject({ kind: 'stale' });
  });

  /** The pool of the primary, whose reads go elsewhere, as a pooler in between may have it. */
  function readingFrom(replica: pg.Pool): pg.Pool {
    const query = (text: unknown, ...rest: unknown[]) => {
      const { text: statement = text } = Object(text) as { text?: unknown };
      const pool = /^SELECT/i.test(`${statement}`) ? replica : primary;
      return pool.query(text as never, ...(rest as never[]));
    };
    return new Proxy(primary, {
      get: (pool, name) => (name === 'query' ? query : Reflect.get(pool, name)),
    });
  }
});
