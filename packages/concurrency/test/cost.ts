// What the guard costs against an optimistic lock by hand: node test/cost.ts [postgres] [sqlite]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { any, oneOf, type VersionedStore } from '@etag/concurrency';
import { postgresStore, postgresTable } from '@etag/concurrency/postgres';
import { sqliteStore } from '@etag/concurrency/sqlite';
import pg from 'pg';
import { startPostgres } from 'servers';

const BLOCKS = 25;
const WARM_UP = 3;
const WRITES = 200;

interface Note {
  title: string;
  text: string;
}

/** A note that differs from the last: an engine may skip a write that changes nothing. */
const noteOf = (serial: number): Note => ({ title: `A note, ${serial}`, text: 'of some length '.repeat(20) });

/** A row of the table, which is written in turn by the store and by hand. */
interface Subject {
  readonly name: string;
  readonly most: number;
  readonly store: VersionedStore<string, Note>;
  /** Writes with an optimistic lock, and gives the new version; undefined where it was another one. */
  byHand(key: string, note: Note, version: string): Promise<string | undefined>;
}

/** Times writes one after the other, in turn and in random order, each kind on a row of its own. */
async function ratiosOf({ store, byHand }: Subject): Promise<number[]> {
  const first = async (key: string) => ((await store.put(key, noteOf(-1), any)) as { version: string }).version;
  const versions = { guarded: await first('guarded'), byHand: await first('by-hand') };
  const writes = {
    async guarded(note: Note) {
      const outcome = await store.put('guarded', note, oneOf(versions.guarded));
      if (outcome.kind !== 'updated') throw new Error(`A write that nobody else disturbs was ${outcome.kind}`);
      versions.guarded = outcome.version;
    },
    async byHand(note: Note) {
      const version = await byHand('by-hand', note, versions.byHand);
      if (version === undefined) throw new Error('A write by hand found another version');
      versions.byHand = version;
    },
  };
  const ratios: number[] = [];
  for (let block = 0; block < BLOCKS + WARM_UP; block++) {
    const times = { guarded: [] as number[], byHand: [] as number[] };
    for (let i = 0; i < WRITES; i++) {
      const kinds = Math.random() < 0.5 ? (['guarded', 'byHand'] as const) : (['byHand', 'guarded'] as const);
      for (const kind of kinds) {
        const note = noteOf(block * WRITES + i);
        const started = performance.now();
        await writes[kind](note);
        times[kind].push(performance.now() - started);
      }
    }
    if (block >= WARM_UP) ratios.push(quantile(times.guarded, 0.5) / quantile(times.byHand, 0.5));
  }
  return ratios;
}

function quantile(numbers: number[], at: number): number {
  return numbers.sort((a, b) => a - b)[Math.floor((numbers.length - 1) * at)] as number;
}

const counting = {
  table: 'counted',
  key: 'id',
  modified: null,
  version: { column: 'version', type: 'integer', keys: 'never-reused' },
  columns: ['title', 'text'],
} as const;

const COUNTED = `CREATE TABLE counted (id text PRIMARY KEY, version integer NOT NULL DEFAULT 1,
  title text NOT NULL, text text NOT NULL)`;

async function onPostgres(report: (subject: Subject) => Promise<void>): Promise<void> {
  const server = await startPostgres();
  const pool = new pg.Pool({ connectionString: server.url });
  pool.on('error', () => {});
  try {
    await pool.query(`${COUNTED}; ${postgresTable({ table: 'notes' })}`);
    const one = async (name: string, text: string, values: unknown[]) =>
      (await pool.query({ name, text, values })).rows[0]?.version as string | undefined;
    await report({
      name: 'PostgreSQL, an integer version',
      most: 1.1,
      store: postgresStore<Note>(pool, { ...counting, columns: [...counting.columns] }),
      byHand: (key, { title, text }, version) =>
        one(
          'counted',
          'UPDATE counted SET title = $2, text = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING version',
          [key, title, text, version],
        ),
    });
    await report({
      name: 'PostgreSQL, JSON and a random version',
      most: 1.1,
      store: postgresStore<Note>(pool, { table: 'notes' }),
      byHand: (key, note, version) =>
        one(
          'random',
          'UPDATE notes SET value = $2, version = gen_random_uuid(), modified = now() WHERE key = $1 AND version = $3 RETURNING version',
          [key, JSON.stringify(note), version],
        ),
    });
  } finally {
    await pool.end();
    await server.stop();
  }
}

async function onSqlite(report: (subject: Subject) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'etag-cost-'));
  const db = new DatabaseSync(join(folder, 'cost.sqlite'));
  try {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${COUNTED}`);
    const counted = db.prepare(
      'UPDATE counted SET title = ?, text = ?, version = version + 1 WHERE id = ? AND version = ? RETURNING version',
    );
    await report({
      name: 'SQLite, an integer version',
      most: 1.5,
      store: sqliteStore<Note>(db, { ...counting, columns: [...counting.columns] }),
      async byHand(key, { title, text }, version) {
        const row = counted.get(title, text, key, Number(version));
        return row && String(row.version);
      },
    });
    const notes = sqliteStore<Note>(db, { table: 'notes' });
    const random = db.prepare('UPDATE notes SET value = ?, version = ?, modified = ? WHERE key = ? AND version = ?');
    await report({
      name: 'SQLite, JSON and a random version',
      most: 1.5,
      store: notes,
      async byHand(key, note, version) {
        const next = crypto.randomUUID();
        const { changes } = random.run(JSON.stringify(note), next, Date.now(), key, version);
        return changes === 1 ? next : undefined;
      },
    });
  } finally {
    db.close();
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const engines = { postgres: onPostgres, sqlite: onSqlite };
  const names = process.argv.slice(2) as (keyof typeof engines)[];
  for (const name of names.length > 0 ? names : (['postgres', 'sqlite'] as const)) {
    await engines[name](async (subject) => {
      const ratios = await ratiosOf(subject);
      const [lower, median, upper] = [0.25, 0.5, 0.75].map((at) => quantile(ratios, at).toFixed(2));
      console.log(`| ${subject.name} | ${median} × | ${lower} to ${upper} × | ≤ ${subject.most} × |`);
      if (Number(median) > subject.most) process.exitCode = 1;
    });
  }
}
