import type { VersionedStore } from '@etag/concurrency';
import { testVersionedStore } from '@etag/concurrency/testing';

/** The laws of the contract that a store breaks, of those whose name begins so. */
export async function brokenLaws(store: VersionedStore<string, unknown>, law: string): Promise<string[]> {
  const laws: [name: string, run: () => Promise<void>][] = [];
  testVersionedStore(
    (name, run) => void laws.push([name, run]),
    async () => ({ store }),
  );
  const names: string[] = [];
  for (const [name, run] of laws.filter(([name]) => name.startsWith(law))) {
    await run().catch((error) => {
      if (error.code !== 'ERR_ASSERTION') throw error;
      names.push(name);
    });
  }
  return names;
}
