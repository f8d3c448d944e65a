import { checkExpectation, type Expectation, oneOf, outcome, type PutOutcome, refused } from '@etag/core';
import { backoff } from './backoff.ts';
import { refusalOf } from './current.ts';
import type { CallOptions, VersionedStore } from './store.ts';

/** What to do when another writer comes first. */
export interface UpdateOptions<T> extends CallOptions {
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
 * @param expectation - what the request expects; must hold for what was read
 * @param options - `merge`, `attempts`, and `signal` to abort
 * @returns updated; a refusal: `missing` where nothing is stored, `contended` when the attempts are used up
 * @throws TypeError when it is not an expectation, or `attempts` not a number of them, and nothing was written
 * @throws OutcomeUnknownError when the write may or may not have happened
 * @see RFC 9110 §13.2, RFC 5789 §2
 */
export async function update<K, T>(
  store: VersionedStore<K, T>,
  key: K,
  change: (current: T) => T | Promise<T>,
  expectation: Expectation,
  options?: UpdateOptions<T>,
): Promise<PutOutcome<T>> {
  checkExpectation(expectation);
  const { merge, attempts = 10 } = options ?? {};
  if (!(attempts >= 1)) throw new TypeError(`attempts is a number from 1 on, not ${attempts}`);
  let apply = change;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await backoff(attempt);
    const current = await store.get(key, options);
    if (!current) return refused(expectation, null);
    const refusal = apply === change ? refusalOf(expectation, current) : null;
    if (refusal) {
      if (!merge || refusal.kind !== 'stale') return refusal;
      apply = merge;
    }
    // The expectation holds for the version that was read: what is left to check is that it still is the current one.
    const written = await store.put(key, await apply(current.value), oneOf(current.version), options);
    if (written.kind === 'missing') return refused(expectation, null);
    if (written.kind !== 'stale') return written;
    if (namesState(expectation)) {
      if (!merge) return refused(expectation, written.current);
      apply = merge;
    }
  }
  return outcome({ kind: 'contended' });
}

/** Whether the client said which state it saw, so that a change must not be applied to another one unseen. */
function namesState({ oneOf, noneOf, unmodifiedSince }: Expectation): boolean {
  return oneOf !== undefined || noneOf !== undefined || unmodifiedSince !== undefined;
}
