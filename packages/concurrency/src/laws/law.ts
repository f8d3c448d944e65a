import assert from 'node:assert/strict';
import type { DeleteOutcome, PutOutcome } from '@etag/core';
import { any, type CurrentVersion } from '@etag/core';
import type { VersionedStore } from '../store.ts';

/** A store under test, of whatever the laws put into it. */
// biome-ignore lint/suspicious/noExplicitAny: each law puts values of its own
export type Store = VersionedStore<string, any>;

/** Checks one property of a store, using only keys that begin with the given one, which was never used before. */
export type Law = (store: Store, key: string) => Promise<void>;

/** Laws by what they say. */
export type Laws = Record<string, Law>;

/** Writes whatever is stored; fails the test when the store refuses. */
export async function write(store: Store, key: string, value: unknown): Promise<CurrentVersion> {
  const outcome = await store.put(key, value, any);
  assert.ok(outcome.kind === 'created' || outcome.kind === 'updated', `an unconditional put is ${outcome.kind}`);
  return outcome;
}

/** Deletes what is stored; fails the test when the store refuses. */
export async function erase(store: Store, key: string): Promise<void> {
  assert.equal((await store.delete(key, any)).kind, 'deleted');
}

/** What an outcome says, and of which version. */
export function kindAndVersion(
  outcome: PutOutcome<unknown> | DeleteOutcome,
): [kind: string, version: string | undefined] {
  if ('current' in outcome) return [outcome.kind, outcome.current.version];
  return [outcome.kind, 'version' in outcome ? outcome.version : undefined];
}
