import { memoryStore } from '@etag/concurrency/memory';
import { testVersionedStore } from '@etag/concurrency/testing';
import { resultsOf } from './results.ts';

/** The laws of the port, held by the store in memory. */
export function concurrency() {
  const laws: [string, () => Promise<void>][] = [];
  testVersionedStore(
    (name, run) => void laws.push([name, run]),
    async () => ({ store: memoryStore() }),
  );
  return resultsOf(laws);
}
