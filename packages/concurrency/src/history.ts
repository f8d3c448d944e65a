import { type Incarnation, incarnationsOf, tooManyCreations } from './history/incarnations.ts';
import { type Interval, overlap, within } from './history/interval.ts';
import { certainly, type Lineage, lineageOf, possibly } from './history/lineage.ts';
import type { Operation } from './history/operation.ts';
import type { Violation } from './history/violation.ts';

export type { Observation, Operation } from './history/operation.ts';
export type { Violation } from './history/violation.ts';

/**
 * Checks a history of a store that many clients used at once, some of whose operations may have an unknown outcome, for
 * everything that two laws forbid: a write and its expectation are one atomic step, and no version repeats. Every write
 * stores its own name, and expects nothing or one version, which its client read or wrote; so each version has one
 * writer and one predecessor, and the order of a key's states is known.
 *
 * @param operations - in any order; the last of a key should be a read after all the others, which shows what was lost
 * @returns what is wrong; an empty list when the history can be explained. What depends on an operation that may or may
 *   not have happened is given the benefit of the doubt.
 * @example
 * checkHistory(operations); // []
 */
export function checkHistory(operations: Iterable<Operation>): Violation[] {
  const keys = new Map<string, Operation[]>();
  for (const operation of operations) {
    const ofKey = keys.get(operation.key);
    if (ofKey) ofKey.push(operation);
    else keys.set(operation.key, [operation]);
  }
  return [...keys.values()].flatMap(checkKey);
}

function checkKey(operations: Operation[]): Violation[] {
  const lineage = lineageOf(operations);
  const incarnations = incarnationsOf(lineage);
  return [
    ...lineage.violations,
    ...tooManyCreations(lineage, operations),
    ...operations.flatMap((operation) => [
      ...checkVersions(operation, lineage),
      ...checkExistence(operation, incarnations),
    ]),
  ];
}

/** Whether the version that an operation saw was the current one at some time between its call and its return. */
function checkVersions(operation: Operation, lineage: Lineage): Violation[] {
  const { key, outcome, expected } = operation;
  const call = callOf(operation);
  const done = outcome.kind === 'deleted' || outcome.kind === 'written';
  const seen = done ? expected : outcome.version;
  if (seen !== undefined && !overlap(possibly(seen, lineage), call)) {
    return [{ kind: 'inversion', key, message: `${nameOf(operation)} saw ${seen}, which was not current meanwhile` }];
  }
  if (outcome.kind === 'stale' && outcome.version === expected) {
    return [{ kind: 'false-conflict', key, message: `${nameOf(operation)} was told that ${expected} is current` }];
  }
  if (outcome.kind === 'stale' && expected !== undefined && within(call, certainly(expected, lineage))) {
    return [{ kind: 'false-conflict', key, message: `${nameOf(operation)} yet ${expected} was current all the while` }];
  }
  return [];
}

/** Whether there was nothing, or something, where an operation saw it so. */
function checkExistence(operation: Operation, incarnations: readonly Incarnation[]): Violation[] {
  const { key, outcome } = operation;
  const call = callOf(operation);
  const created = operation.kind === 'create' && outcome.kind === 'written';
  const existing =
    (created || outcome.kind === 'nothing' || outcome.kind === 'missing') &&
    incarnations.find((incarnation) => within(call, incarnation.certainly));
  if (existing) {
    const message = `${nameOf(operation)} yet what ${existing.creation.id} created was there all the while`;
    return [{ kind: outcome.kind === 'missing' ? 'false-conflict' : 'inversion', key, message }];
  }
  const sawSomething = outcome.kind === 'stale' || outcome.kind === 'exists';
  if (sawSomething && !incarnations.some((incarnation) => overlap(incarnation.possibly, call))) {
    return [{ kind: 'false-conflict', key, message: `${nameOf(operation)} yet nothing was there meanwhile` }];
  }
  return [];
}

function callOf({ invoked, returned }: Operation): Interval {
  return { from: invoked, to: returned ?? Number.POSITIVE_INFINITY };
}

function nameOf({ kind, id, outcome }: Operation): string {
  return `the ${kind} ${id}, which was ${outcome.kind},`;
}
