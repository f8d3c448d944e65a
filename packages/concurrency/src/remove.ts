import type { Expectation } from './expectation.js';
import type { DeleteOutcome } from './outcome.js';
import type { CallOptions, VersionedStore } from './port.js';

/**
 * Deletes a value if the expectation holds: what a DELETE does.
 *
 * @param store - where the value lives
 * @param key - names the value
 * @param expectation - from `guard`
 * @param options - `signal` to abort
 * @returns deleted, or a refusal: `missing` where nothing was stored
 * @throws OutcomeUnknownError when the delete may or may not have happened
 * @see RFC 9110 §9.3.5
 */
export function remove<K>(
  store: VersionedStore<K, unknown>,
  key: K,
  expectation: Expectation,
  options?: CallOptions,
): Promise<DeleteOutcome> {
  return store.delete(key, expectation, options);
}
