import {
  type CompareAndSet,
  compareAndSetStore,
  type Expectation,
  outcome,
  type PutOutcome,
  refused,
  type VersionedStore,
} from '@etag/concurrency';
import pg from 'pg';

// A sound store on PostgreSQL, in as few words as possible, and what becomes of it with one mistake.

const TABLE = `CREATE TABLE IF NOT EXISTS mutant (
  key text PRIMARY KEY, version bigint NOT NULL DEFAULT nextval('mutant_version'), value json NOT NULL
)`;

type Steps = CompareAndSet<string, unknown>;

/** The steps of a store, with the SQL of its versions: the next one of an update, and the first one. */
function steps(pool: pg.Pool, next = "nextval('mutant_version')", first = next): Steps {
  const one = async (text: string, values: unknown[]) => {
    const { rows } = await pool.query(text, values);
    return (rows[0] as { version: string; value: unknown } | undefined) ?? null;
  };
  const returning = 'RETURNING version::text, value';
  return {
    get: (key) => one('SELECT version::text, value FROM mutant WHERE key = $1', [key]),
    version: (key) => one('SELECT version::text FROM mutant WHERE key = $1', [key]),
    create: (key, value) =>
      one(`INSERT INTO mutant VALUES ($1, ${first}, $2) ON CONFLICT DO NOTHING ${returning}`, [
        key,
        JSON.stringify(value),
      ]),
    replace: (key, value, version) =>
      one(
        `UPDATE mutant SET version = ${next}, value = $2 WHERE key = $1 AND ($3::text IS NULL OR version::text = $3) ${returning}`,
        [key, JSON.stringify(value), version],
      ),
    remove: async (key, version) =>
      (await one(`DELETE FROM mutant WHERE key = $1 AND ($2::text IS NULL OR version::text = $2) ${returning}`, [
        key,
        version,
      ])) !== null,
    failure: () => 'failed',
  };
}

/** One statement that updates and says what is stored: its SELECT reads the snapshot from before. */
function classifyingInOne(pool: pg.Pool): VersionedStore<string, unknown> {
  const sound = compareAndSetStore(steps(pool));
  const put = async (key: string, value: unknown, expectation: Expectation): Promise<PutOutcome<unknown>> => {
    const { rows } = await pool.query(
      `WITH written AS (
        UPDATE mutant SET version = nextval('mutant_version'), value = $2 WHERE key = $1 AND version::text = $3
        RETURNING version::text
      ) SELECT (SELECT version FROM written) AS written, (SELECT version::text FROM mutant WHERE key = $1) AS current`,
      [key, JSON.stringify(value), expectation.oneOf?.[0]],
    );
    const { written, current } = rows[0] as { written: string | null; current: string | null };
    if (written) return outcome({ kind: 'updated', version: written, value });
    return refused(expectation, current === null ? null : { version: current });
  };
  return {
    ...sound,
    put: (key, value, expectation, options) =>
      expectation?.oneOf?.length === 1 ? put(key, value, expectation) : sound.put(key, value, expectation, options),
  };
}

/** What is wrong with each store, and how to open it. */
export const mutants: Record<string, (pool: pg.Pool) => VersionedStore<string, unknown>> = {
  'none: the store that the others are made of': (pool) => compareAndSetStore(steps(pool)),
  'no `AND version = ?`': (pool) => {
    const sound = steps(pool);
    return compareAndSetStore({ ...sound, replace: (key, value) => sound.replace(key, value, null) });
  },
  'the version starts again after a delete': (pool) => compareAndSetStore(steps(pool, 'version + 1', '1')),
  'classified in the statement that updates': classifyingInOne,
};

export async function openPool(connectionString: string): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString, max: 32 });
  // end() does not wait for the server to close the connections.
  pool.on('error', () => {});
  await pool.query(`CREATE SEQUENCE IF NOT EXISTS mutant_version; ${TABLE}`);
  return pool;
}
