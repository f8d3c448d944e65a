import type { VersionedStore } from '@etag/concurrency';
import { checkHistory, type Named, readAll, recordClient } from '@etag/concurrency/testing';
import { Redis } from 'ioredis';
import { startPostgres, startRedis } from 'servers';
import { brokenLaws } from '../broken-laws.ts';
import * as postgres from './mutants/postgres.ts';
import * as redis from './mutants/redis.ts';

/** What the contract suite and the checker said of a store with a mistake in it. */
export interface Mutant {
  readonly mistake: string;
  /** Laws of the contract suite that it broke. */
  readonly laws: number;
  /** The kinds of violations that its history showed. */
  readonly violations: readonly string[];
}

/** Puts broken stores through the contract suite and the checker. The first of them is sound. */
export async function judgeMutants(): Promise<Mutant[]> {
  const [postgresServer, redisServer] = await Promise.all([startPostgres({ max_connections: 200 }), startRedis()]);
  const pool = await postgres.openPool(postgresServer.url);
  const client = new Redis(redisServer.url);
  const judged: Mutant[] = [];
  try {
    for (const [mistake, open] of Object.entries(postgres.mutants)) judged.push(await judge(mistake, open(pool)));
    for (const [mistake, open] of Object.entries(redis.mutants)) judged.push(await judge(mistake, open(client)));
  } finally {
    client.disconnect();
    await pool.end();
    await Promise.all([postgresServer.stop(), redisServer.stop()]);
  }
  return judged;
}

/** What should have been caught and was not, or was caught and should not have been. */
export function escaped([sound, ...mutants]: readonly Mutant[]): string[] {
  const wronged = sound && (sound.laws > 0 || sound.violations.length > 0) ? ['a sound store was called broken'] : [];
  const free = mutants.filter(({ laws, violations }) => laws === 0 || violations.length === 0);
  return [...wronged, ...free.map(({ mistake }) => `mutant not caught: ${mistake}`)];
}

async function judge(mistake: string, store: VersionedStore<string, unknown>): Promise<Mutant> {
  const keys = Array.from({ length: 4 }, () => `mutant-${crypto.randomUUID()}`);
  const named = store as VersionedStore<string, Named>;
  const clients = Array.from({ length: 32 }, (_, name) =>
    recordClient(named, { name: `${name}`, keys, operations: 150 }),
  );
  const operations = [...(await Promise.all(clients)).flat(), ...(await readAll(named, { name: 'last', keys }))];
  const violations = [...new Set(checkHistory(operations).map(({ kind }) => kind))].sort();
  return { mistake, laws: (await brokenLaws(store, '')).length, violations };
}
