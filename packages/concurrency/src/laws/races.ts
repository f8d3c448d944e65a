import assert from 'node:assert/strict';
import type { DeleteOutcome, PutOutcome } from '@etag/core';
import { absent, oneOf } from '@etag/core';
import { erase, kindAndVersion, type Laws, type Store, write } from './law.ts';

const RACERS = Array.from({ length: 32 }, (_, racer) => racer);
const ROUNDS = 10;

/** Evaluating and writing are one step. */
export const races: Laws = {
  'of 32 updates of one version one goes through, and the others learn its version': async (store, key) => {
    for (let round = 0; round < ROUNDS; round++) {
      const { version } = await write(store, key, 'start');
      const outcomes = await Promise.all(RACERS.map((racer) => store.put(key, racer, oneOf(version))));
      await assertOneWinner(store, key, outcomes, 'updated', 'stale');
    }
  },

  'of 32 creations one goes through, and the others learn its version': async (store, key) => {
    for (let round = 0; round < ROUNDS; round++) {
      const outcomes = await Promise.all(RACERS.map((racer) => store.put(key, racer, absent)));
      await assertOneWinner(store, key, outcomes, 'created', 'exists');
      await erase(store, key);
    }
  },

  'of 32 deletes of one version one goes through, and the others find nothing': async (store, key) => {
    for (let round = 0; round < ROUNDS; round++) {
      const { version } = await write(store, key, 'start');
      const outcomes = await Promise.all(RACERS.map(() => store.delete(key, oneOf(version))));
      await assertOneWinner(store, key, outcomes, 'deleted', 'missing');
    }
  },

  'of updates and deletes of one version one goes through, and the others learn which': async (store, key) => {
    for (let round = 0; round < ROUNDS; round++) {
      const { version } = await write(store, key, 'start');
      const outcomes = await Promise.all(
        RACERS.map((racer) =>
          (racer + round) % 2 ? store.put(key, racer, oneOf(version)) : store.delete(key, oneOf(version)),
        ),
      );
      const deleted = outcomes.some(({ kind }) => kind === 'deleted');
      await assertOneWinner(store, key, outcomes, deleted ? 'deleted' : 'updated', deleted ? 'missing' : 'stale');
    }
  },

  'no acknowledged increment is lost': async (store, key) => {
    await write(store, key, 0);
    await Promise.all(RACERS.map(() => increment(store, key)));
    assert.equal((await store.get(key))?.value, RACERS.length);
  },
};

/** Reads and writes back until nobody came between; among 32 racers that takes 32 tries, give or take. */
async function increment(store: Store, key: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    const read = await store.get(key);
    const outcome = await store.put(key, read?.value + 1, oneOf(read?.version ?? ''));
    if (outcome.kind === 'updated') return;
  }
  assert.fail('1,000 tries were not enough');
}

/** Exactly one outcome is the winner's; each other is the loser's and names the version that is current now. */
async function assertOneWinner(
  store: Store,
  key: string,
  outcomes: (PutOutcome<unknown> | DeleteOutcome)[],
  winner: string,
  loser: string,
): Promise<void> {
  assert.equal(outcomes.filter(({ kind }) => kind === winner).length, 1, `${winner} more or less often than once`);
  const current = await store.get(key);
  for (const outcome of outcomes) {
    // Contended says that nothing was written, which is true of every loser.
    if (outcome.kind === 'contended') continue;
    if (outcome.kind !== winner) assert.equal(outcome.kind, loser);
    if (outcome.kind !== 'deleted' && outcome.kind !== 'missing') {
      assert.equal(kindAndVersion(outcome)[1], current?.version);
    }
    if ('value' in outcome) assert.deepEqual(outcome.value, current?.value);
  }
}
