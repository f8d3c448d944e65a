import { any, type VersionedStore } from '@etag/concurrency';
import type { Client } from './processes.ts';

/** What became of a counter that many incremented. */
export interface Increments {
  readonly acknowledged: number;
  readonly lost: number;
}

const WRITERS = 32;
const INCREMENTS = 40;

/** 32 writers of all the processes increment one counter 40 times each. */
export async function countIncrements(store: VersionedStore<string, unknown>, clients: Client[]): Promise<Increments> {
  const key = `counter-${crypto.randomUUID()}`;
  await store.put(key, 0, any);
  const writers = WRITERS / clients.length;
  const done = await Promise.all(
    clients.map((client) => client.run<number>({ kind: 'increment', key, writers, increments: INCREMENTS })),
  );
  const acknowledged = done.reduce((sum, count) => sum + count, 0);
  return { acknowledged, lost: acknowledged - Number((await store.get(key))?.value) };
}
