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

  describe('a key of', () => {
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const storeOf = async (table: string, type: string) => {
      await pool.query(
        `CREATE TABLE ${table} (id ${type} PRIMARY KEY, title text, version integer NOT NULL DEFAULT 1)`,
      );
      const options = { table, key: 'id', version, modified: null, columns: ['title'] } as const;
      return postgresStore<{ title: string }>(pool, options);
    };
    beforeAll(async () => {
      await pool.query(`CREATE TYPE mood AS ENUM ('glad', 'Glad', '1', 'it''s'); CREATE DOMAIN mine AS mood;
        CREATE DOMAIN short AS varchar(10); CREATE DOMAIN code AS short CHECK (value <> '');
        CREATE DOMAIN whole AS numeric(5, 0); CREATE DOMAIN small AS whole`);
    });

    test.each(['mood', 'mine'])('%s, an enum, is compared character by character', async (type) => {
      const store = await storeOf(`of_${type}`, type);
      for (const key of ['glad', 'Glad', '1', "it's"]) {
        expect(await store.put(key, { title: key }, absent)).toMatchObject({ kind: 'created', version: '1' });
        expect(await store.put(key, { title: key }, absent)).toMatchObject({ kind: 'exists' });
        expect(await store.get(key)).toMatchObject({ value: { title: key } });
        expect(await store.put(key, { title: 'b' }, oneOf('1'))).toMatchObject({ kind: 'updated', version: '2' });
      }
      for (const key of ['GLAD', 'glad ', '2', '']) {
        expect(await store.get(key)).toBeNull();
        expect(await store.put(key, { title: 'b' }, oneOf('1'))).toMatchObject({ kind: 'missing' });
        expect(await store.delete(key, any)).toMatchObject({ kind: 'missing' });
        await expect(store.put(key, { title: 'b' }, absent)).rejects.toMatchObject({ code: '22P02' });
      }
      expect(await store.delete('glad', oneOf('2'))).toEqual({ kind: 'deleted' });
    });

    test('an enum may get a label later', async () => {
      await pool.query("CREATE TYPE growing AS ENUM ('a')");
      const store = await storeOf('of_growing', 'growing');
      expect(await store.get('b')).toBeNull();
      await pool.query("ALTER TYPE growing ADD VALUE 'b'");
      expect(await store.put('b', { title: 'b' }, absent)).toMatchObject({ kind: 'created' });
      expect(await store.get('b')).toMatchObject({ value: { title: 'b' } });
    });

    test('a domain over a domain is that of the type under both', async () => {
      const codes = await storeOf('of_code', 'code');
      expect(await codes.put('x', { title: 'a' }, absent)).toMatchObject({ kind: 'created' });
      expect(await codes.get('x')).toMatchObject({ value: { title: 'a' } });
      const numbers = await storeOf('of_small', 'small');
      expect(await numbers.put('7', { title: 'a' }, absent)).toMatchObject({ kind: 'created' });
      expect(await numbers.get('07')).toBeNull();
      await expect(numbers.put('7.0', { title: 'a' }, absent)).rejects.toThrow(TypeError);
    });

    test.each(['inet', 'date', 'bytea', 'numeric(5, 2)'])('%s is refused, with what to name', async (type) => {
      const table = `of_${type.replaceAll(/\W+/g, '_')}`;
      const store = await storeOf(table, type);
      await expect(store.get('1')).rejects.toThrow(/in another form.*Name a column of text, whole numbers or UUIDs/);
    });
  });

  describe('a trigger that runs after a write, and writes the row again', () => {
    const version = { column: 'version', type: 'integer', keys: 'never-reused' } as const;
    const options = { table: 'echoed', key: 'id', version, modified: null, columns: ['title'] } as const;
    const store = () => postgresStore<{ title: string }, pg.PoolClient>(pool, options);
    beforeAll(async () => {
      await pool.query(`CREATE TABLE echoed (id text PRIMARY KEY, title text, version integer NOT NULL DEFAULT 1);
        CREATE FUNCTION echo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF NEW.title NOT LIKE '%!' THEN
            UPDATE echoed SET title = NEW.title || '!', version = version + 1 WHERE id = NEW.id;
          END IF;
          RETURN NULL;
        END $$;`);
    });

    const echo = (when: string) =>
      pool.query(`DROP TRIGGER IF EXISTS echo ON echoed; CREATE CONSTRAINT TRIGGER echo AFTER INSERT OR UPDATE ON echoed
        DEFERRABLE INITIALLY ${when} FOR EACH ROW EXECUTE FUNCTION echo()`);

    test.each(['DEFERRED', 'IMMEDIATE'])('has its say in what the write is answered, %s', async (when) => {
      await echo(when);
      expect(await store().put(when, { title: 'a' }, absent)).toMatchObject({ version: '2', value: { title: 'a!' } });
      expect(await store().put(when, { title: 'b' }, oneOf('2'))).toMatchObject({
        version: '4',
        value: { title: 'b!' },
      });
      expect(await store().put(when, { title: 'c' }, oneOf('4'))).toMatchObject({ kind: 'updated', version: '6' });
      expect(await store().delete(when, oneOf('6'))).toEqual({ kind: 'deleted' });
    });

    test('has it in a transaction too, where it runs at once', async () => {
      await echo('IMMEDIATE');
      const put = await store().transact(async (inside, client) => {
        await client.query('SAVEPOINT a');
        await inside.put('t', { title: 'a' }, absent);
        return inside.put('t', { title: 'b' }, oneOf('2'));
      });
      expect(put).toMatchObject({ version: '4', value: { title: 'b!' } });
    });

    test('does not make what another wrote meanwhile that of this write', async () => {
      await store().put('m', { title: 'a' }, absent);
      // Between the write and the look at what it left.
      const meddled = new Proxy(pool, {
        get: (on, name) => (name === 'query' ? meddling : Reflect.get(on, name)),
      });
      const meddling = async (query: pg.QueryArrayConfig) => {
        const result = await pool.query(query);
        if (query.text.startsWith('UPDATE'))
          await pool.query("UPDATE echoed SET title = 'other!', version = 10 WHERE id = 'm'");
        return result;
      };
      const put = await postgresStore<{ title: string }>(meddled, options).put('m', { title: 'b!' }, oneOf('2'));
      expect(put).toMatchObject({ version: '3', value: { title: 'b!' } });
      expect(await store().put('m', { title: 'c' }, oneOf('3'))).toMatchObject({ kind: 'stale' });
    });

    test('and a look that fails leaves the outcome unknown', async () => {
      await store().put('f', { title: 'a' }, absent);
      const failing = new Proxy(pool, {
        get: (on, name) =>
          name === 'query'
            ? (query: pg.QueryArrayConfig) =>
                /^SELECT.*"echoed"/.test(query.text) ? Promise.reject(new Error('lost')) : pool.query(query)
            : Reflect.get(on, name),
      });
      const put = postgresStore<{ title: string }>(failing, options).put('f', { title: 'b' }, oneOf('2'));
      await expect(put).rejects.toMatchObject({ code: 'ETAG_OUTCOME_UNKNOWN', cause: { message: 'lost' } });
      expect(await store().get('f')).toMatchObject({ version: '4' });
    });
  });

  test.each([
    ['a materialized view', 'CREATE MATERIALIZED VIEW seen AS SELECT 1 AS id, 1 AS version', 'seen'],
    ['a view', 'CREATE VIEW shown AS SELECT 1 AS id, 1 AS version', 'shown'],
  ])('%s is refused', async (what, sql, table) => {
    await pool.query(sql);
    await expect(postgresStore(pool, { table, key: 'id', modified: null }).get('1')).rejects.toThrow(`It is ${what}`);
  });

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
