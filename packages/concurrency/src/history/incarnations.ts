import { type Interval, NEVER } from './interval.ts';
import { certainly, type Lineage, possibly } from './lineage.ts';
import type { Operation } from './operation.ts';
import type { Violation } from './violation.ts';

/** The life of a key from a creation to the delete that ended it. */
export interface Incarnation {
  /** The write that began it. */
  readonly creation: Operation;
  /** The time in which something may have been stored. */
  readonly possibly: Interval;
  /** The time in which something was, whatever the doubtful writes did. */
  readonly certainly: Interval;
}

/** The lives of a key; those that a doubtful creation may have begun as well. */
export function incarnationsOf(lineage: Lineage): Incarnation[] {
  const begun = [...lineage.writers].filter(([, { kind }]) => kind === 'create');
  const doubtful = lineage.doubtful.filter(({ kind }) => kind === 'create');
  return [
    ...begun.map(([version, creation]) => incarnation(version, creation, lineage)),
    ...doubtful.map((creation) => ({
      creation,
      possibly: { from: creation.invoked, to: NEVER.from },
      certainly: NEVER,
    })),
  ];
}

/** A creation finds nothing: every one but the first needs a delete before it. */
export function tooManyCreations(lineage: Lineage, operations: readonly Operation[]): Violation[] {
  const creations = [...lineage.writers.values()].filter(({ kind }) => kind === 'create');
  const deletes = operations.filter(
    ({ kind, outcome }) => kind === 'delete' && (outcome.kind === 'deleted' || outcome.kind === 'unknown'),
  );
  const [{ key } = { key: '' }] = creations;
  const message = `${creations.length} creations, and at most ${deletes.length} deletes between them`;
  return creations.length > deletes.length + 1 ? [{ kind: 'fork', key, message }] : [];
}

function incarnation(version: string, creation: Operation, lineage: Lineage): Incarnation {
  const last = lastVersion(version, lineage);
  return {
    creation,
    possibly: { from: creation.invoked, to: possibly(last, lineage).to },
    certainly: { from: certainly(version, lineage).from, to: certainly(last, lineage).to },
  };
}

/** The version that no update took the place of. */
function lastVersion(version: string, { successors, versions }: Lineage): string {
  const seen = new Set<string>();
  let last = version;
  for (let next: string | undefined = version; next !== undefined && !seen.has(next); ) {
    // A store that gives a version twice could lead round in circles.
    seen.add(next);
    last = next;
    const successor = successors.get(next);
    next = successor?.kind === 'update' ? versions.get(successor.id) : undefined;
  }
  return last;
}
