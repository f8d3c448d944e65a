import { any, oneOf } from '@etag/concurrency';
import type { Opened } from './engine.ts';

/** What the guard costs: how long a conditional write takes, for one that overwrites. */
export interface Cost {
  /** The quartiles of the ratio: in each block of writes it is that of the medians. */
  readonly quartiles: readonly [lower: number, median: number, upper: number];
  readonly writes: number;
}

const WARM_UP = 1000;
/** How many blocks the writes are. */
const BLOCKS = 20;

/** A value that differs from the last: an engine may skip a write that changes nothing. */
const noteOf = (serial: number) => ({ title: `A note, ${serial}`, text: 'of some length '.repeat(20) });

/** Times both in turn, one write after the other. */
export async function costOfTheGuard({ store, overwrite }: Opened, writes: number): Promise<Cost> {
  const [guarded, bare] = [`guarded-${crypto.randomUUID()}`, `bare-${crypto.randomUUID()}`];
  await store.put(bare, noteOf(-1), any);
  let { version } = (await store.put(guarded, noteOf(-1), any)) as { version: string };
  const times = { guarded: [] as number[], bare: [] as number[] };
  const timed = async <R>(write: () => Promise<R>, into: number[]): Promise<R> => {
    const started = performance.now();
    const result = await write();
    into.push(performance.now() - started);
    return result;
  };
  for (let i = 0; i < writes + WARM_UP; i++) {
    const note = noteOf(i);
    await timed(() => overwrite(bare, JSON.stringify(note)), times.bare);
    const outcome = await timed(() => store.put(guarded, note, oneOf(version)), times.guarded);
    if (outcome.kind !== 'updated') throw new Error(`A write that nobody else disturbs was ${outcome.kind}`);
    version = outcome.version;
  }
  const ratios = Array.from({ length: BLOCKS }, (_, block) => {
    const [from, to] = [block, block + 1].map((at) => WARM_UP + Math.floor((at * writes) / BLOCKS));
    return quantile(times.guarded.slice(from, to), 0.5) / quantile(times.bare.slice(from, to), 0.5);
  });
  return { quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.5), quantile(ratios, 0.75)], writes };
}

function quantile(numbers: number[], at: number): number {
  return numbers.sort((a, b) => a - b)[Math.floor((numbers.length - 1) * at)] as number;
}
