// A process of many writers: node --import ../sources.mjs test/increments-postgres.ts URL WRITERS INCREMENTS
import { any, conditionalUpdate } from '@etag/concurrency';
import { postgresStore } from '@etag/concurrency/postgres';
import pg from 'pg';

const [connectionString, writers, increments] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString, max: Number(writers) });
const store = postgresStore<number>(pool, { table: 'notes' });

async function increment(): Promise<void> {
  for (let i = 0; i < Number(increments); ) {
    const outcome = await conditionalUpdate(store, 'total', (count) => count + 1, any);
    if (outcome.kind === 'updated') i++;
    else if (outcome.kind !== 'contended') throw new Error(outcome.kind);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, increment));
await pool.end();
