import * as core from '@etag/core';
import fc from 'fast-check';
import type { Part, Result } from '../result.ts';
import { NUMBER_COUNT, wrongNumbers } from './canonical.ts';
import { type Core, PROPERTIES, type Property } from './properties.ts';

/** How many cases the first property alone makes, in CI and by hand. */
const CASES = { short: 1_000_000, long: 5_000_000 };
const FIRST = PROPERTIES[0] as Property;

/** Tries a property; the smallest input for which it does not hold is what is wrong. */
export function tried(property: Property, core: Core, inputs: number, seed: number): Result {
  const found = fc.check(property.of(core), { numRuns: inputs, seed, verbose: fc.VerbosityLevel.None });
  const cases = found.numRuns * property.casesEach;
  if (!found.failed) return { what: property.name, cases, wrong: [] };
  const { message } = (found.errorInstance as Error | null) ?? { message: 'interrupted' };
  const wrong = `${property.name} (seed ${seed}): ${JSON.stringify(found.counterexample)}: ${message}`;
  return { what: property.name, cases, wrong: [wrong] };
}

/** Tries all properties on core, or on another build of it. */
export function tryProperties(core: Core, cases: number, seed: number): Result[] {
  const unit = cases / FIRST.casesEach / FIRST.share;
  const wrong = wrongNumbers(core);
  return [
    ...PROPERTIES.map((property) => tried(property, core, Math.round(unit * property.share), seed)),
    { what: 'RFC 8785 appendix B: how numbers are written', cases: NUMBER_COUNT, wrong },
  ];
}

export const properties: Part = {
  name: 'properties',
  title: 'Core against a slow reference',
  about:
    'Random requests, states, dates, ranges, versions and JSON values, most of them nearly right. A slow reference is written from the grammar and the steps of RFC 9110, and shares nothing with core. One case is one call of core that is compared.',
  run: async (isLong) => tryProperties(core, isLong ? CASES.long : CASES.short, Date.now() % 2 ** 31),
};
