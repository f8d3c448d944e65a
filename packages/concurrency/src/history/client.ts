import type { Outcome } from '@etag/core';
import { absent, isEtagError, oneOf } from '@etag/core';
import type { VersionedStore } from '../store.ts';
import type { Observation, Operation } from './operation.ts';

/** What a client of a history stores: the name of the write. */
export interface Named {
  by: string;
}

/** How one client uses a store. */
export interface ClientOptions {
  /** The name of the client, that no other one of the history has. */
  name: string;
  /** The keys that it shares with the others; few of them collide more often. */
  keys: readonly string[];
  /** How many operations it records. */
  operations: number;
  /** A monotonic clock that all clients share, in ms. @default that of this process */
  now?: (() => number) | undefined;
  /**
   * Hears of every operation twice: before the call, as one with an unknown outcome, and after it. What was heard
   * last holds, also of a client that was killed between the two.
   */
  log?: ((operation: Operation) => void) | undefined;
}

/** How long a client waits, in ms, before it asks a store again that could not be reached. */
const PAUSE_MS = 10;

/**
 * Reads, creates, updates and deletes at random, one call after the other, each write with the version that it knows of.
 * What it could not learn it records as unknown. A read that fails says nothing and is not recorded.
 *
 * @param store - the store under test
 * @param options - the keys, and how many operations
 * @returns the operations, for `checkHistory`; end the history with `readAll`
 */
export async function recordClient(store: VersionedStore<string, Named>, options: ClientOptions): Promise<Operation[]> {
  const { name, keys, now = () => performance.now(), log } = options;
  const known = new Map<string, string>();
  const operations: Operation[] = [];
  for (let serial = 0; operations.length < options.operations; serial++) {
    const key = keys[Math.floor(Math.random() * keys.length)] as string;
    const intent = { key, id: `${name}-${serial}`, ...chooseKind(known.get(key)) };
    const invoked = now();
    log?.({ ...intent, invoked, returned: null, outcome: { kind: 'unknown' } });
    const outcome = await observe(store, intent);
    if (outcome) {
      const returned = outcome.kind === 'unknown' ? null : now();
      const operation = { ...intent, invoked, returned, outcome };
      operations.push(operation);
      log?.(operation);
    }
    // What a refusal reports is not built upon before it is read: only a read tells who wrote it.
    const version = outcome?.kind === 'found' || outcome?.kind === 'written' ? outcome.version : undefined;
    if (version) known.set(key, version);
    else known.delete(key);
    if (!outcome || outcome.kind === 'unknown' || outcome.kind === 'failed') await pause();
  }
  return operations;
}

/**
 * Reads every key, as the last operations of a history: an acknowledged write that is not there any more shows now.
 *
 * @param store - the store under test
 * @param options - the keys
 * @returns the reads, to end the history with
 * @throws what the store throws: without these reads a history does not show what was lost
 */
export async function readAll(store: VersionedStore<string, Named>, options: Omit<ClientOptions, 'operations'>) {
  const { name, keys, now = () => performance.now() } = options;
  return Promise.all(
    keys.map(async (key, serial): Promise<Operation> => {
      const invoked = now();
      const outcome = foundIn(await store.get(key));
      return { key, id: `${name}-${serial}`, kind: 'read', invoked, returned: now(), outcome };
    }),
  );
}

type Intent = Pick<Operation, 'key' | 'id' | 'kind' | 'expected'>;

function chooseKind(version: string | undefined): Pick<Operation, 'kind' | 'expected'> {
  const chance = Math.random();
  if (version === undefined) return { kind: chance < 0.7 ? 'read' : 'create' };
  if (chance < 0.2) return { kind: 'read' };
  return { kind: chance < 0.9 ? 'update' : 'delete', expected: version };
}

/** Does an operation; null when it was a read that failed. */
async function observe(store: VersionedStore<string, Named>, intent: Intent): Promise<Observation | null> {
  try {
    if (intent.kind === 'read') return foundIn(await store.get(intent.key));
    return observed(await write(store, intent));
  } catch (error) {
    if (intent.kind === 'read') return null;
    return { kind: isEtagError(error) && error.code === 'ETAG_OUTCOME_UNKNOWN' ? 'unknown' : 'failed' };
  }
}

function write(store: VersionedStore<string, Named>, { key, id, kind, expected }: Intent): Promise<Outcome<Named>> {
  const expectation = expected === undefined ? absent : oneOf(expected);
  return kind === 'delete' ? store.delete(key, expectation) : store.put(key, { by: id }, expectation);
}

function foundIn(stored: { version: string; value: Named } | null): Observation {
  return stored ? { kind: 'found', version: stored.version, by: stored.value.by } : { kind: 'nothing' };
}

function observed(outcome: Outcome<Named>): Observation {
  switch (outcome.kind) {
    case 'created':
    case 'updated':
    case 'already-applied':
      return { kind: 'written', version: outcome.version };
    case 'stale':
    case 'exists':
      return { kind: outcome.kind, version: outcome.current.version };
    case 'contended':
      return { kind: 'failed' };
    default:
      return { kind: outcome.kind };
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
