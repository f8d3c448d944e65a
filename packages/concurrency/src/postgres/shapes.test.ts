import { absent, any, exists, oneOf } from '@etag/core';
import pg from 'pg';
import { available, startPostgres } from 'servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, testCounted, testShapes } from '../../test/shapes.ts';
import type { TableStore } from '../store.ts';
import { postgresStore } from './index.ts';

const server = await available('tables of an application, in PostgreSQL', () => startPostgres({ fsync: 'off' }));
const pool = new pg.Pool({ connectionString: server?.url, max: 16 });
// end() does not wait for the server to close the connections.
pool.on('error', () => {});
afterAll(async () => {
  await pool.end();
  await server?.stop();
});

const POSTGRES: Pick<Database, 'types' | 'generated' | 'versionTrigger' | 'key' | 'document'> = {
  key: 'varchar(1100) COLLATE "C"',
  document: 'json',
  types: {
    serial: 'serial PRIMARY KEY',
    integer: 'integer',
    text: 'text',
    foldedText: 'text COLLATE folded',
    boolean: 'boolean',
    json: 'jsonb',
    bigint: 'bigint',
    decimal: 'numeric(10, 2)',
    date: 'timestamptz',
    updatedAt: 'timestamptz NOT NULL DEFAULT now()',
    deletedAt: 'timestamptz',
    uuid: 'uuid',
  },
  generated: (column, expression) => `${column} integer GENERATED ALWAYS AS (${expression}) STORED`,
  versionTrigger: (table, _, version) => `CREATE FUNCTION ${table}_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      NEW.${version} := gen_random_uuid(); RETURN NEW; END $$;
    CREATE TRIGGER ${table}_new BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_new()`,
};

const open = async (): Promise<Database> => ({
  ...POSTGRES,
  script: (sql) => pool.query(sql),
  rows: async (sql) => (await pool.query(sql)).rows,
  storeOf: (options) => postgresStore(pool, options),
  change: async (sql) => (await pool.query(sql)).rowCount ?? 0,
});

describe.skipIf(!server)('PostgreSQL', () => {
  beforeAll(async () => {
    await pool.query("CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  });
  testShapes(open);
  describe('the contract', () => testCounted(open));

  describe('tenants by row level security', () => {
    interface Doc {
      title: string;
    }
    const options = { table: 'docs', key: 'id', modified: null, columns: ['title'] } as const;
    let app: pg.Pool;
    beforeAll(async () => {
      await pool.query(`CREATE ROLE app LOGIN;
        CREATE TABLE docs (id text PRIMARY KEY, version uuid NOT NULL DEFAULT gen_random_uuid(), title text,
          tenant text NOT NULL DEFAULT current_setting('app.tenant', true));
        ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
        GRANT ALL ON docs TO app;
        CREATE POLICY reads ON docs FOR SELECT USING (tenant = current_setting('app.tenant', true) OR title = 'public');
        CREATE POLICY writes ON docs USING (tenant = current_setting('app.tenant', true))`);
      app = new pg.Pool({ connectionString: server?.url.replace('postgres@', 'app@'), max: 2 });
      app.on('error', () => {});
    });
    afterAll(() => app.end());

    const docs = () => postgresStore<Doc, pg.PoolClient>(app, options);
    const as = <R>(tenant: string, work: (docs: TableStore<Doc>) => Promise<R>) =>
      docs().transact(async (inside, client) => {
        await client.query("SELECT set_config('app.tenant', $1, true)", [tenant]);
        return work(inside);
      });

    test('are kept apart by a setting of each transaction', async () => {
      expect(await as('a', (docs) => docs.put('1', { title: 'of a' }, absent))).toMatchObject({ kind: 'created' });
      expect(await as('a', (docs) => docs.get('1'))).toMatchObject({ value: { title: 'of a' } });
      expect(await as('b', (docs) => docs.get('1'))).toBeNull();
      expect(await as('b', (docs) => docs.put('1', { title: 'of b' }, exists))).toMatchObject({ kind: 'missing' });
    });

    test('and a row that may be read and not written is an error that says so, not contention', async () => {
      await as('a', (docs) => docs.put('2', { title: 'public' }, absent));
      const { version = '' } = (await docs().get('2')) ?? {};
      const blocked = {
        code: 'ETAG_WRITE_BLOCKED',
        status: 500,
        message: expect.stringContaining('row level security'),
      };
      await expect(docs().put('2', { title: 'mine' }, oneOf(version))).rejects.toMatchObject(blocked);
      await expect(docs().put('2', { title: 'mine' }, any)).rejects.toMatchObject(blocked);
      await expect(docs().delete('2', any)).rejects.toMatchObject(blocked);
      await expect(as('b', (docs) => docs.put('2', { title: 'mine' }, oneOf(version)))).rejects.toMatchObject(blocked);
      expect(await as('a', (docs) => docs.get('2'))).toMatchObject({ version, value: { title: 'public' } });
    });

    test('and a key that another tenant has is taken, though it cannot be seen', async () => {
      await as('a', (docs) => docs.put('3', { title: 'of a' }, absent));
      const put = as('b', (docs) => docs.put('3', { title: 'of b' }, absent));
      await expect(put).rejects.toMatchObject({ code: 'ETAG_WRITE_BLOCKED' });
    });
  });
});
