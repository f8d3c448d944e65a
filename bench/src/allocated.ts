import type { Prepared, Subject } from './measure.ts';

/** The bytes that one run of each subject allocates, by its name. */
export type Allocated = Record<string, number>;

/** How a process is started that counts allocations: with room for all of them, so that nothing is collected meanwhile. */
export const COUNTING = ['--expose-gc', '--min-semi-space-size=128'];

const WARM_UP = 200;
const RUNS = 20;
const REPEATS = 15;

/** Counts what the subjects allocate, on the heap and beside it. */
export async function countAllocated({ subjects }: Prepared): Promise<Allocated> {
  const allocated: Allocated = {};
  for (const subject of subjects) {
    await subject.run(WARM_UP);
    allocated[subject.name] = await perRun(subject);
  }
  return allocated;
}

async function perRun(subject: Subject): Promise<number> {
  const counts: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    globalThis.gc?.();
    const before = inUse();
    await subject.run(RUNS);
    counts.push((inUse() - before) / RUNS);
  }
  return counts.sort((a, b) => a - b)[REPEATS >> 1] as number;
}

function inUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
