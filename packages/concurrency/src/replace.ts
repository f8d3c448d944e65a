import { canonicalJson, type Expectation, outcome, type ReplaceOutcome } from '@etag/core';
import type { CallOptions, VersionedStore } from './store.ts';

/** How a replacement treats a try that went through before. */
export interface ReplaceOptions extends CallOptions {
  /**
   * Whether a refused write counts as done when the stored value is the wanted one: the client may have lost the
   * response to its first try. Not for a value that different clients compute alike, such as a counter or a lock: both
   * would believe that theirs was the write (RFC 9110 §13.1.1). Needs a value without parts that the server sets on
   * each write.
   * @default false
   */
  alreadyApplied?: boolean | undefined;
}

/**
 * Stores a value if the expectation holds: what a PUT does.
 *
 * @param store - where the value lives
 * @param key - names the value
 * @param value - the whole new value
 * @param expectation - what the request expects
 * @param options - `alreadyApplied`, and `signal` to abort
 * @returns created or updated; a refusal; already-applied only where that was asked for
 * @throws TypeError when it is not an expectation, and nothing was written
 * @throws OutcomeUnknownError when the write may or may not have happened
 * @see RFC 9110 §9.3.4, §13.1.1
 */
export async function replace<K, T>(
  store: VersionedStore<K, T>,
  key: K,
  value: T,
  expectation: Expectation,
  options?: ReplaceOptions,
): Promise<ReplaceOutcome<T>> {
  const written = await store.put(key, value, expectation, options);
  if (!options?.alreadyApplied || (written.kind !== 'stale' && written.kind !== 'exists')) return written;
  const stored = await store.get(key, options);
  if (!stored) return written;
  const isApplied = await (store.areAlike?.(stored.value, value) ??
    canonicalJson(stored.value) === canonicalJson(value));
  return isApplied ? outcome({ kind: 'already-applied', ...stored }) : written;
}
