// A process of many writers: node --import ../sources.mjs test/increments.ts FILE WRITERS INCREMENTS
import { DatabaseSync } from 'node:sqlite';
import { any, conditionalUpdate } from '@etag/concurrency';
import { sqliteStore } from '@etag/concurrency/sqlite';

const [path = '', writers, increments] = process.argv.slice(2);
const db = new DatabaseSync(path, { timeout: 5000 });
// What is tested is who comes first, not what survives a power cut; and that it is the store which waits for the lock.
db.exec('PRAGMA synchronous = OFF; PRAGMA busy_timeout = 0');
const store = sqliteStore<number>(db, { table: 'counters' });

async function increment(): Promise<void> {
  for (let i = 0; i < Number(increments); ) {
    const outcome = await conditionalUpdate(store, 'total', (count) => count + 1, any);
    if (outcome.kind === 'updated') i++;
    else if (outcome.kind !== 'contended') throw new Error(outcome.kind);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, increment));
db.close();
