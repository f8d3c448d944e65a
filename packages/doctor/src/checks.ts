import type { Check } from './check.ts';
import { authorisationChecks } from './checks/authorisation.ts';
import { clientChecks } from './checks/clients.ts';
import { codingChecks } from './checks/codings.ts';
import { corsChecks } from './checks/cors.ts';
import { dateChecks } from './checks/dates.ts';
import { digestChecks } from './checks/digest.ts';
import { hopChecks } from './checks/hops.ts';
import { modifiedChecks } from './checks/modified.ts';
import { notModifiedChecks } from './checks/not-modified.ts';
import { promiseChecks } from './checks/promises.ts';
import { queryChecks } from './checks/query.ts';
import { raceChecks } from './checks/race.ts';
import { rangeChecks } from './checks/ranges.ts';
import { readChecks } from './checks/reads.ts';
import { recordedChecks } from './checks/recorded.ts';
import { streamChecks } from './checks/stream.ts';
import { tagChecks } from './checks/tag.ts';
import { writeChecks } from './checks/writes.ts';
import type { AuditOptions } from './options.ts';

/** All checks, in the order in which they run: those that write come last. */
export const checks: readonly Check[] = [
  ...tagChecks,
  ...modifiedChecks,
  ...readChecks,
  ...dateChecks,
  ...notModifiedChecks,
  ...codingChecks,
  ...rangeChecks,
  ...digestChecks,
  ...queryChecks,
  ...streamChecks,
  ...corsChecks,
  ...clientChecks,
  ...hopChecks,
  ...authorisationChecks,
  ...recordedChecks,
  ...writeChecks,
  ...promiseChecks,
  ...raceChecks,
];

/** Whether the options of an audit select a check. */
export function isSelected(id: string, { only, skip }: Pick<AuditOptions, 'only' | 'skip'>): boolean {
  // Not test(): it goes on from where a pattern with the flag g matched last.
  const matches = (pattern: RegExp | undefined) => pattern !== undefined && id.search(pattern) >= 0;
  return (only === undefined || matches(only)) && !matches(skip);
}
