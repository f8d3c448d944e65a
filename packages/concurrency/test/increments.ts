// Writers in two processes, who increment one counter: node test/increments.ts ENGINE URL
import { execFile } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { VersionedStore } from '@etag/concurrency';
import { etcdStore } from '@etag/concurrency/etcd';
import { mysqlStore } from '@etag/concurrency/mysql';
import { postgresStore } from '@etag/concurrency/postgres';
import { redisStore } from '@etag/concurrency/redis';
import { sqliteStore } from '@etag/concurrency/sqlite';
import { Redis } from 'ioredis';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { increment } from './proof/tasks.ts';

const WRITERS = 16;
const INCREMENTS = 40;

/** What the two processes of `incrementInProcesses` add to the counter together. */
export const TOTAL = 2 * WRITERS * INCREMENTS;

/** The store of counters, as a process opens it. */
interface Opened {
  store: VersionedStore<string, unknown>;
  close(): unknown;
}

const engines = {
  sqlite(path: string): Opened {
    const db = new DatabaseSync(path, { timeout: 5000 });
    // What is tested is who comes first, not what survives a power cut; and that it is the store which waits for the lock.
    db.exec('PRAGMA synchronous = OFF; PRAGMA busy_timeout = 0');
    return { store: sqliteStore(db, { table: 'counters' }), close: () => db.close() };
  },
  postgres(connectionString: string): Opened {
    const pool = new pg.Pool({ connectionString, max: WRITERS });
    return { store: postgresStore(pool, { table: 'counters' }), close: () => pool.end() };
  },
  mysql(uri: string): Opened {
    const pool = mysql.createPool({ uri, connectionLimit: WRITERS });
    return { store: mysqlStore(pool, { table: 'counters' }), close: () => pool.end() };
  },
  redis(url: string): Opened {
    const client = new Redis(url, { maxRetriesPerRequest: 0 });
    return { store: redisStore(client, { prefix: 'counters:' }), close: () => client.disconnect() };
  },
  etcd(url: string): Opened {
    return { store: etcdStore({ endpoints: [url], prefix: 'counters/' }), close: () => {} };
  },
};

/**
 * Increments the counter `total` of an engine in two processes of many writers.
 *
 * @param url - where a process finds the engine: a URL, or the path of a file
 */
export async function incrementInProcesses(engine: keyof typeof engines, url: string): Promise<void> {
  const run = () => promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), engine, url]);
  await Promise.all([run(), run()]);
}

if (import.meta.main) {
  const [engine, url = ''] = process.argv.slice(2);
  const { store, close } = engines[engine as keyof typeof engines](url);
  await increment(store, { kind: 'increment', key: 'total', writers: WRITERS, increments: INCREMENTS });
  await close();
}
