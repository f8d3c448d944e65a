import { expect, it } from 'vitest';
import { auditHostile, type Outcome, printHostile, tricks } from '../test/hostile.ts';

// pnpm hostile does it with 2,000.
const seeds = Array.from({ length: 36 }, (_, index) => index);

/** A quarter of them, one after another: all at once they would wait for each other. */
async function auditSome(quarter: number): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const seed of seeds.filter((one) => one % 4 === quarter)) outcomes.push(await auditHostile(seed));
  return outcomes;
}

it('an audit of a hostile server ends, throws nothing but what it says it throws, and leaves no connection', async () => {
  const outcomes = (await Promise.all([0, 1, 2, 3].map(auditSome))).flat();
  expect(outcomes.filter(({ fault }) => fault !== null)).toEqual([]);
  expect([...new Set(outcomes.flatMap((outcome) => outcome.tricks))].sort()).toEqual(Object.keys(tricks).sort());
});

it('what is printed of one cannot steer a terminal', async () => {
  expect(await Promise.all(seeds.slice(0, 12).map(printHostile))).toEqual(Array(12).fill(null));
});
