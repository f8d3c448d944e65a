import { type TagCodec, versionOf } from '@etag/core';
import type { CallOptions, VersionedStore } from './store.ts';

/** A store of any keys and values. */
// biome-ignore lint/suspicious/noExplicitAny: what its keys and values are makes no difference here
type AnyStore = VersionedStore<any, any, any>;

/**
 * A store whose states have tags in the format of a standard, for `etag({ current })` and `precondition({ current })`. Its
 * versions and its writes stay the same: give the codec to `expectation` and `respond` as well.
 *
 * @param store - any store, as it was made
 * @param codec - made by `tagCodec`
 * @returns a store with the same values; inside of `transact` too
 * @example
 * const patients = withCodec(postgresStore<Patient>(pool, { table: 'patients' }), fhirTags);
 */
export function withCodec<S extends AnyStore>(store: S, codec: TagCodec): S {
  const transact: AnyStore['transact'] = (work, options) =>
    // Only called where the store has it.
    (store as Required<AnyStore>).transact((inner, transaction) => work(withCodec(inner, codec), transaction), options);
  return {
    ...store,
    async state(key: unknown, options?: CallOptions) {
      const state = await store.state(key, options);
      const version = state?.etag ? versionOf(state.etag) : null;
      return version === null ? state : { ...state, etag: codec.format(version) };
    },
    ...(store.transact && { transact }),
  };
}
