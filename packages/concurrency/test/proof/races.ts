import { absent, type VersionedStore } from '@etag/concurrency';
import type { Client } from './processes.ts';
import type { Raced, Racer } from './tasks.ts';

/** What became of many races of one kind. */
export interface Races {
  readonly rounds: number;
  /** Rounds without exactly one winner. */
  readonly unfair: number;
  /** Losers who were not told what the winner had done. */
  readonly misclassified: number;
}

/** What the racers try at once, with the same expectation. */
export const RACES = ['update', 'create', 'delete against update'] as const;
export type Race = (typeof RACES)[number];

const RACERS = 32;

/** Has 32 racers of all the processes start at once, so many times over. */
export async function runRaces(
  race: Race,
  store: VersionedStore<string, unknown>,
  clients: Client[],
  rounds: number,
): Promise<Races> {
  let unfair = 0;
  let misclassified = 0;
  for (let round = 0; round < rounds; round++) {
    const key = `race-${crypto.randomUUID()}`;
    const version = race === 'create' ? null : await created(store, key);
    const raced = await Promise.all(
      clients.map((client, index) =>
        client.run<Raced[]>({ kind: 'race', key, version, racers: racersOf(race, index, clients.length) }),
      ),
    );
    const [winner, ...others] = raced.flat().filter(({ outcome }) => wins(outcome.kind));
    if (!winner || others.length > 0) unfair++;
    else misclassified += raced.flat().filter((loser) => loser !== winner && !isTold(loser, winner)).length;
  }
  return { rounds, unfair, misclassified };
}

async function created(store: VersionedStore<string, unknown>, key: string): Promise<string> {
  const outcome = await store.put(key, { by: 'nobody' }, absent);
  if (outcome.kind !== 'created') throw new Error(`A new key was ${outcome.kind}`);
  return outcome.version;
}

function racersOf(race: Race, process: number, processes: number): Racer[] {
  return Array.from({ length: RACERS / processes }, (_, index) => ({
    kind: race === 'delete against update' && index % 2 === 0 ? 'delete' : 'put',
    name: `${process}.${index}`,
  }));
}

function wins(kind: Raced['outcome']['kind']): boolean {
  return kind === 'created' || kind === 'updated' || kind === 'deleted';
}

/** Whether a loser was told what is stored since the winner came first. */
function isTold({ outcome }: Raced, { outcome: won }: Raced): boolean {
  if (won.kind === 'deleted') return outcome.kind === 'missing';
  const expected = won.kind === 'created' ? 'exists' : 'stale';
  if (won.kind !== 'created' && won.kind !== 'updated') return false;
  return outcome.kind === expected && 'current' in outcome && outcome.current.version === won.version;
}
