import { type Cost, costOfTheGuard } from './cost.ts';
import type { Engine } from './engine.ts';
import { type History, runHistory } from './histories.ts';
import { countIncrements, type Increments } from './increments.ts';
import { startClient } from './processes.ts';
import { RACES, type Race, type Races, runRaces } from './races.ts';

/** How much is done. */
export interface Amount {
  /** Rounds of each kind of race. */
  readonly rounds: number;
  /** Operations of the history. */
  readonly operations: number;
  /** Writes of either kind whose time is taken. */
  readonly writes: number;
}

/** What an engine showed. */
export interface Proof {
  readonly engine: string;
  readonly version: string;
  readonly cost: Cost;
  readonly increments: Increments;
  readonly races: Record<Race, Races>;
  readonly history: History;
}

const PROCESSES = 2;

/** Runs everything against one engine. */
export async function prove(name: string, { rounds, operations, writes }: Amount): Promise<Proof> {
  const { engine } = (await import(`./engines/${name}.ts`)) as { engine: Engine };
  const running = await engine.start();
  const open = () => engine.open(running.url);
  const start = () => startClient(name, running.url);
  try {
    const opened = await open();
    const { store, close } = opened;
    const cost = await costOfTheGuard(opened, writes);
    const clients = await Promise.all(Array.from({ length: PROCESSES }, start));
    const increments = await countIncrements(store, clients);
    const races = {} as Record<Race, Races>;
    for (const race of RACES) races[race] = await runRaces(race, store, clients, rounds);
    await Promise.all([close(), ...clients.map((client) => client.close())]);
    const history = await runHistory(open, start, { faults: running.faults, operations, processes: PROCESSES });
    return { engine: name, version: running.version, cost, increments, races, history };
  } finally {
    await running.stop();
  }
}

/** What is wrong with a proof, in words; an empty list when nothing is. */
export function objections({ increments, races, history }: Proof): string[] {
  const found = (wrong: boolean, message: string) => (wrong ? [message] : []);
  return [
    ...found(increments.acknowledged !== 1280, `${increments.acknowledged} of 1,280 increments were acknowledged`),
    ...found(increments.lost !== 0, `${increments.lost} acknowledged increments are lost`),
    ...RACES.flatMap((race) => [
      ...found(races[race].unfair > 0, `${race}: ${races[race].unfair} rounds without exactly one winner`),
      ...found(races[race].misclassified > 0, `${race}: ${races[race].misclassified} losers were told something else`),
    ]),
    ...history.violations.map(({ kind, key, message }) => `${kind} at ${key}: ${message}`),
  ];
}
