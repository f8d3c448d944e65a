import { appendFileSync } from 'node:fs';
import type { Outcome, VersionedStore } from '@etag/concurrency';
import { absent, any, oneOf, update } from '@etag/concurrency';
import { type Named, recordClient } from '@etag/concurrency/testing';

/** What a client process can be told to do. All of it can be sent between processes. */
export type Task =
  | { readonly kind: 'increment'; readonly key: string; readonly writers: number; readonly increments: number }
  | { readonly kind: 'race'; readonly key: string; readonly racers: readonly Racer[]; readonly version: string | null }
  | {
      readonly kind: 'record';
      readonly name: string;
      readonly clients: number;
      readonly operations: number;
      readonly keys: readonly string[];
      readonly file: string;
    };

/** What one racer tries, by the name that it writes. */
export interface Racer {
  readonly kind: 'put' | 'delete';
  readonly name: string;
}

/** What became of a racer. */
export interface Raced extends Racer {
  readonly outcome: Outcome<unknown>;
}

/** A monotonic clock that all processes of a machine share, in ms. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Increments a counter; the number of increments that were acknowledged. */
export async function increment(
  store: VersionedStore<string, unknown>,
  { key, writers, increments }: Extract<Task, { kind: 'increment' }>,
): Promise<number> {
  let acknowledged = 0;
  const writer = async () => {
    for (let done = 0; done < increments; ) {
      const outcome = await update(store, key, (count) => Number(count) + 1, any);
      if (outcome.kind === 'updated') done++;
      else if (outcome.kind !== 'contended') throw new Error(`An increment was ${outcome.kind}`);
    }
    acknowledged += increments;
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return acknowledged;
}

/** All racers at once, with the same expectation. */
export function race(
  store: VersionedStore<string, unknown>,
  { key, racers, version }: Extract<Task, { kind: 'race' }>,
): Promise<Raced[]> {
  const expectation = version === null ? absent : oneOf(version);
  return Promise.all(
    racers.map(async (racer) => {
      const { kind, name } = racer;
      const outcome =
        kind === 'put' ? await store.put(key, { by: name }, expectation) : await store.delete(key, expectation);
      return { ...racer, outcome };
    }),
  );
}

/** Clients that use a few keys at random; every operation goes into a file at once, so that a kill leaves a trace. */
export async function record(
  store: VersionedStore<string, unknown>,
  { name, clients, operations, keys, file }: Extract<Task, { kind: 'record' }>,
): Promise<void> {
  const log = (operation: unknown) => appendFileSync(file, `${JSON.stringify(operation)}\n`);
  const named = store as VersionedStore<string, Named>;
  const client = (_: unknown, number: number) =>
    recordClient(named, { name: `${name}.${number}`, keys, operations, now, log });
  await Promise.all(Array.from({ length: clients }, client));
}
