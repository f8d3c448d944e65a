import { faults } from './faults/part.ts';
import { linear } from './linear/part.ts';
import { mutants } from './mutants/part.ts';
import { properties } from './properties/part.ts';
import type { Part } from './result.ts';
import { wire } from './wire/part.ts';

/** In the order of the page. */
export const parts: readonly Part[] = [properties, linear, wire, faults, mutants];
