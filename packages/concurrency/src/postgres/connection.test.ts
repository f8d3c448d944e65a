import { any, oneOf } from '@etag/core';
import pg from 'pg';
import { available, startPostgres } from 'servers';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VersionedStore } from '../store.ts';
import { postgresStore, postgresTable } from './index.ts';

const server = await available('prepared statements of postgresStore', () => startPostgres({ fsync: 'off' }));
afterAll(() => server?.stop());

describe.skipIf(!server)('pg: a prepared statement', () => {
  let client: pg.Client;
  let notes: VersionedStore<string, { title: string }>;
  const prepared = async () => {
    const { rows } = await client.query('SELECT left(name, 6) AS verb FROM pg_prepared_statements WHERE NOT from_sql');
    return rows.map(({ verb }) => verb).sort();
  };
  beforeEach(async () => {
    client = new pg.Client(server?.url);
    await client.connect();
    await client.query('DROP TABLE IF EXISTS notes; DROP FUNCTION IF EXISTS notes_version');
    await client.query('CREATE TABLE notes (key text PRIMARY KEY, title text)');
    await client.query(postgresTable({ table: 'notes', columns: ['title'] }));
    notes = postgresStore(client, { table: 'notes', columns: ['title'] });
    await notes.put('a', { title: 'a' }, any);
  });
  afterEach(() => client.end());

  /** Whether a write of the current version goes through: a second run of it would find another. */
  async function write(title: string) {
    const { version = '' } = (await notes.get('a')) ?? {};
    return (await notes.put('a', { title }, oneOf(version))).kind;
  }

  test('is kept for each that was sent', async () => {
    expect(await write('b')).toBe('updated');
    expect(await prepared()).toEqual(['INSERT', 'SELECT', 'SELECT', 'SELECT', 'SELECT', 'SELECT', 'UPDATE', 'UPDATE']);
    expect(await write('c')).toBe('updated');
    expect(await prepared()).toHaveLength(8);
  });

  test('that is not there, as behind a pooler, is run unprepared', async () => {
    await write('b');
    await client.query('DEALLOCATE ALL');
    expect(await write('c')).toBe('updated');
    expect(await prepared()).toEqual([]);
    expect(await notes.get('a')).toMatchObject({ value: { title: 'c' } });
  });

  test('whose columns a migration has changed is run unprepared', async () => {
    await write('b');
    await client.query('ALTER TABLE notes ALTER title TYPE varchar(100)');
    expect(await write('c')).toBe('updated');
    expect(await notes.get('a')).toMatchObject({ value: { title: 'c' } });
  });

  test('is kept where something in between copies what is sent', async () => {
    const query = (sent: object) => client.query({ ...sent } as pg.QueryArrayConfig);
    const between = new Proxy(client, { get: (on, name) => (name === 'query' ? query : Reflect.get(on, name)) });
    notes = postgresStore(between, { table: 'notes', columns: ['title'] });
    expect(await write('b')).toBe('updated');
    expect(await prepared()).toHaveLength(8);
  });

  test('is none in a transaction of the caller, which its loss would end', async () => {
    await client.query('DEALLOCATE ALL; BEGIN');
    expect(await write('b')).toBe('updated');
    expect(await prepared()).toEqual([]);
    await client.query('COMMIT');
  });
});
