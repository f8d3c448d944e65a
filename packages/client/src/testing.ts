import { keys } from './laws/keys.ts';
import { locks } from './laws/locks.ts';
import { races } from './laws/races.ts';
import { storing } from './laws/storing.ts';
import type { ResponseStore } from './port.ts';

/** A test runner: `test` of Vitest or of node:test. */
export type Test = (name: string, run: () => Promise<void>) => void;

/** A store under test, and how to let go of it. */
export interface OpenStore {
  store: ResponseStore;
  close?: (() => Promise<void> | void) | undefined;
}

/**
 * Tests a store against the whole contract of `ResponseStore`. Each test opens the store anew and uses keys of its own, so that
 * all of them may share one server.
 *
 * @param test - `test` of Vitest or of node:test
 * @param open - opens the store; called once a test
 * @example
 * testResponseStore(test, async () => ({ store: memoryStore() }));
 */
export function testResponseStore(test: Test, open: () => Promise<OpenStore>): void {
  const laws = { ...storing, ...keys, ...races, ...locks };
  for (const [name, law] of Object.entries(laws)) {
    test(name, async () => {
      const { store, close } = await open();
      try {
        await law(store, `1 ${crypto.randomUUID()} https://example.com/`);
      } finally {
        await close?.();
      }
    });
  }
}
