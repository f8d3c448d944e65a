import { aborts } from './laws/aborts.ts';
import { expectations, expectationsAfterRecreation } from './laws/expectations.ts';
import type { Store } from './laws/law.ts';
import { races } from './laws/races.ts';
import { reading } from './laws/reading.ts';
import { transactions } from './laws/transactions.ts';
import { type Troubles, troubleLaws } from './laws/troubles.ts';
import { values } from './laws/values.ts';
import { recreations, versions } from './laws/versions.ts';

export { type ClientOptions, type Named, readAll, recordClient } from './history/client.ts';
export { checkHistory, type Observation, type Operation, type Violation } from './history.ts';
export type { Troubles } from './laws/troubles.ts';

/** A test runner: `test` of Vitest or of node:test. */
export type Test = (name: string, run: () => Promise<void>) => void;

/** A store under test, and how to let go of it. */
export interface OpenStore {
  store: Store;
  close?: (() => Promise<void> | void) | undefined;
  /** Stores in trouble, on the same values. A trouble that is left out is not tested. @default none */
  troubles?: Troubles | undefined;
}

/** What a store is excused from. */
export interface ContractOptions {
  /** That no key comes back once it was deleted: what happens then is not tested. @default keys may come back */
  keys?: 'never-reused' | undefined;
}

/**
 * Tests a store against the whole contract of `VersionedStore`, with JSON values. Each test opens the store anew and
 * uses keys of its own, so that all of them may share one table. The races are worth most on a store with several
 * connections.
 *
 * @param test - `test` of Vitest or of node:test
 * @param open - opens the store; called once a test
 * @param options - `keys`: 'never-reused' for a store whose versions may repeat where a key is deleted and created again
 * @see RFC 9110 §8.8.1, §13.2
 * @example
 * testVersionedStore(test, async () => ({ store: memoryStore() }));
 */
export function testVersionedStore(test: Test, open: () => Promise<OpenStore>, options?: ContractOptions): void {
  const afterRecreation = options?.keys === 'never-reused' ? {} : { ...recreations, ...expectationsAfterRecreation };
  const laws = {
    ...reading,
    ...expectations,
    ...versions,
    ...afterRecreation,
    ...values,
    ...races,
    ...aborts,
    ...transactions,
  };

  function testOpened(name: string, run: (opened: OpenStore) => Promise<void>): void {
    test(name, async () => {
      const opened = await open();
      try {
        await run(opened);
      } finally {
        await opened.close?.();
      }
    });
  }

  for (const [name, law] of Object.entries(laws)) testOpened(name, ({ store }) => law(store, crypto.randomUUID()));
  for (const trouble of ['blocked', 'unique', 'unreachable'] as const) {
    for (const [name, law] of Object.entries(troubleLaws[trouble])) {
      testOpened(name, async ({ store, troubles }) => {
        const troubled = troubles?.[trouble];
        if (troubled) await law(troubled, store, crypto.randomUUID());
      });
    }
  }
}
