import { backoff } from './backoff.js';
import { type Expectation, holds, oneOf } from './expectation.js';
import { type PutOutcome, refused } from './outcome.js';
import type { CallOptions, VersionedStore } from './port.js';

/** What to do when another writer comes first. */
export interface ConditionalUpdateOptions<T> extends CallOptions {
  /**
   * Applies the change to a value that is not the expected one, instead of giving up with `stale`. May run several
   * times.
   * @default none: the version that the client named must be current
   */
  merge?: ((current: T) => T | Promise<T>) | undefined;
  /** How often to read, change and write before the outcome is `contended`. @default 10 */
  attempts?: number | undefined;
}

/**
 * Reads a value, changes it and writes it back if nobody wrote meanwhile: what a PATCH does. When somebody did and the
 * expectation names no version and no time, it tries again from the new value: the client did not say which one it saw.
 *
 * @param store - where the value lives
 * @param key - names the value
 * @param change - makes the new value of the current one, which it may modify and return; may run several times, so it
 *   has no other effects
 * @param expectation - from `guard`; must hold for what was read
 * @param options - `merge`, `attempts`, and `signal` to abort
 * @returns updated; a refusal: `missing` where nothing is stored, `contended` when the attempts are used up
 * @throws OutcomeUnknownError when the write may or may not have happened
 * @see RFC 9110 §13.2, RFC 5789 §2
 */
export async function conditionalUpdate<K, T>(
  store: VersionedStore<K, T>,
  key: K,
  change: (current: T) => T | Promise<T>,
  expectation: Expectation,
  options?: ConditionalUpdateOptions<T>,
): Promise<PutOutcome<T>> {
  const { merge, attempts = 10 } = options ?? {};
  let apply = change;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await backoff(attempt);
    const current = await store.get(key, options);
    if (!current) return { kind: 'missing' };
    if (apply === change && !holds(expectation, current)) {
      const refusal = refused(expectation, current);
      if (!merge || refusal.kind !== 'stale') return refusal;
      apply = merge;
    }
    // The expectation is settled for the version that was read: what is left to check is that it still is the current one.
    const outcome = await store.put(key, await apply(current.value), oneOf(current.version), options);
    if (outcome.kind !== 'stale') return outcome;
    if (namesState(expectation)) {
      if (!merge) return outcome;
      apply = merge;
    }
  }
  return { kind: 'contended' };
}

/** Whether the client said which state it saw, so that a change must not be applied to another one unseen. */
function namesState({ oneOf, noneOf, unmodifiedSince }: Expectation): boolean {
  return oneOf !== undefined || noneOf !== undefined || unmodifiedSince !== undefined;
}
