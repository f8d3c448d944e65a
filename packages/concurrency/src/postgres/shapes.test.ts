import pg from 'pg';
import { available, startPostgres } from 'servers';
import { afterAll, describe } from 'vitest';
import { type Database, testShapes } from '../../test/shapes.ts';
import { postgresStore } from './index.ts';

const server = await available('tables of an application, in PostgreSQL', () => startPostgres({ fsync: 'off' }));
const pool = new pg.Pool({ connectionString: server?.url, max: 16 });
// end() does not wait for the server to close the connections.
pool.on('error', () => {});
afterAll(async () => {
  await pool.end();
  await server?.stop();
});

const POSTGRES: Pick<Database, 'types' | 'generated' | 'versionTrigger'> = {
  types: {
    serial: 'serial PRIMARY KEY',
    integer: 'integer',
    text: 'text',
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

describe.skipIf(!server)('PostgreSQL', () =>
  testShapes(async () => ({
    ...POSTGRES,
    script: (sql) => pool.query(sql),
    rows: async (sql) => (await pool.query(sql)).rows,
    storeOf: (options) => postgresStore(pool, options),
    change: async (sql) => (await pool.query(sql)).rowCount ?? 0,
  })),
);
