import type { Check } from './check.ts';
import { authorisationChecks } from './checks/authorisation.ts';
import { clientChecks } from './checks/clients.ts';
import { codingChecks } from './checks/codings.ts';
import { corsChecks } from './checks/cors.ts';
import { dateChecks } from './checks/dates.ts';
import { hopChecks } from './checks/hops.ts';
import { modifiedChecks } from './checks/modified.ts';
import { notModifiedChecks } from './checks/not-modified.ts';
import { raceChecks } from './checks/race.ts';
import { rangeChecks } from './checks/ranges.ts';
import { readChecks } from './checks/reads.ts';
import { tagChecks } from './checks/tag.ts';
import { writeChecks } from './checks/writes.ts';

/** All checks, in the order in which they run: those that write come last. */
export const checks: readonly Check[] = [
  ...tagChecks,
  ...modifiedChecks,
  ...readChecks,
  ...dateChecks,
  ...notModifiedChecks,
  ...codingChecks,
  ...rangeChecks,
  ...corsChecks,
  ...clientChecks,
  ...hopChecks,
  ...authorisationChecks,
  ...writeChecks,
  ...raceChecks,
];
