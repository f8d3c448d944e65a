import { faults } from './faults/part.ts';
import { fuzz } from './fuzz/part.ts';
import { linear } from './linear/part.ts';
import { load } from './load/part.ts';
import { quitters } from './load/quitters.ts';
import { mutants } from './mutants/part.ts';
import { nodes } from './nodes/part.ts';
import { properties } from './properties/part.ts';
import type { Part } from './result.ts';
import { wire } from './wire/part.ts';

/** In the order of the page. */
export const parts: readonly Part[] = [properties, fuzz, linear, wire, faults, load, quitters, nodes, mutants];
