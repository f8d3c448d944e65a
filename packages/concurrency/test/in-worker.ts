// What the Workers of this folder do for the tests.
import type { Expectation, VersionedStore } from '@etag/concurrency';
import { testVersionedStore } from '@etag/concurrency/testing';

/** A call to a store, as JSON. */
export interface Call {
  readonly method: 'get' | 'put' | 'delete';
  readonly key: string;
  readonly value?: unknown;
  readonly expectation?: Expectation;
}

/** Does a call that a process outside sends. */
export async function call(store: VersionedStore<string, unknown>, sent: Call): Promise<unknown> {
  const { method, key, value, expectation = {} } = sent;
  if (method === 'get') return await store.get(key);
  return method === 'put' ? await store.put(key, value, expectation) : await store.delete(key, expectation);
}

/** Checks one law in the Worker: the store runs where it would. */
export async function law(store: VersionedStore<string, unknown>, name: string): Promise<Response> {
  const laws = new Map<string, () => Promise<void>>();
  testVersionedStore(
    (each, run) => laws.set(each, run),
    async () => ({ store }),
  );
  await laws.get(name)?.();
  return new Response('kept');
}
