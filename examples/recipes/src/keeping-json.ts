import type { Outcome, VersionedStore } from '@etag/concurrency';
import type { Note } from './note.ts';

/**
 * Any JSON value as a note, for the contract suite.
 *
 * @param store - of notes
 */
export function keepingJson(store: VersionedStore<string, Note>): VersionedStore<string, unknown> {
  const parsed = <O extends Outcome<Note>>(outcome: O) =>
    ('value' in outcome ? { ...outcome, value: JSON.parse(outcome.value.text) } : outcome) as O;
  return {
    ...store,
    async get(key, options) {
      const found = await store.get(key, options);
      return found && { ...found, value: JSON.parse(found.value.text) };
    },
    async put(key, value, expectation, options) {
      return parsed(await store.put(key, { title: '', text: JSON.stringify(value) }, expectation, options));
    },
  };
}
