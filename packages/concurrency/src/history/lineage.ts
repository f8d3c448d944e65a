import { type Interval, NEVER } from './interval.ts';
import type { Operation } from './operation.ts';
import type { Violation } from './violation.ts';

/** Which write gave each version of a key, and which one took its place. */
export interface Lineage {
  /** The write that stored each version. */
  readonly writers: ReadonlyMap<string, Operation>;
  /** The version that each write stored, by its name. */
  readonly versions: ReadonlyMap<string, string>;
  /** The update or the delete that certainly took the place of a version. */
  readonly successors: ReadonlyMap<string, Operation>;
  /** The writes with an unknown outcome of which nobody saw whether they took place. */
  readonly doubtful: readonly Operation[];
  readonly violations: readonly Violation[];
}

/** Finds the writer and the successor of each version. */
export function lineageOf(operations: readonly Operation[]): Lineage {
  const violations: Violation[] = [];
  const { writers, versions } = writersOf(operations, violations);
  const successors = successorsOf(operations, versions, violations);
  const doubtful = operations.filter(
    ({ id, kind, outcome }) => kind !== 'read' && outcome.kind === 'unknown' && !versions.has(id),
  );
  const lineage = { writers, versions, successors, doubtful, violations };
  for (const [version, { kind, id, key, expected = '' }] of writers) {
    if (kind !== 'update' || possibly(expected, lineage) !== NEVER) continue;
    violations.push({ kind: 'gap', key, message: `${id} replaced ${expected}, which nobody wrote, by ${version}` });
  }
  return lineage;
}

/** The time in which a version may have been the current one. */
export function possibly(version: string, { writers, successors, doubtful }: Lineage): Interval {
  const writer = writers.get(version);
  if (writer) return { from: writer.invoked, to: end(successors.get(version)) };
  const from = first(doubtful.filter(({ kind }) => kind !== 'delete'));
  return from === Number.POSITIVE_INFINITY ? NEVER : { from, to: Number.POSITIVE_INFINITY };
}

/** The time in which a version was the current one, whatever the doubtful writes did. */
export function certainly(version: string, { writers, successors, doubtful }: Lineage): Interval {
  const successor = successors.get(version);
  const successorsOrDoubts = successor ? [successor] : doubtful.filter(({ expected }) => expected === version);
  return { from: end(writers.get(version)), to: first(successorsOrDoubts) };
}

/** When an operation was over, in ms; infinite when that is not known, or there was none. */
function end(operation: Operation | undefined): number {
  return operation?.returned ?? Number.POSITIVE_INFINITY;
}

/** When the first of some operations was called, in ms; infinite when there are none. */
function first(operations: readonly Operation[]): number {
  return operations.reduce((earliest, { invoked }) => Math.min(earliest, invoked), Number.POSITIVE_INFINITY);
}

/** The writer of each version, and the version of each writer: from acknowledgements, and from what was read. */
function writersOf(operations: readonly Operation[], violations: Violation[]) {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const writers = new Map<string, Operation>();
  const versions = new Map<string, string>();
  const claim = (version: string, id: string, key: string) => {
    const found = (kind: Violation['kind'], message: string) => violations.push({ kind, key, message });
    const writer = byId.get(id);
    if (!writer) return found('phantom', `version ${version} was written by ${id}, which nobody sent`);
    const other = writers.get(version)?.id ?? id;
    if (other !== id) found('duplicate', `version ${version} was given to ${other} and to ${id}`);
    const another = versions.get(id) ?? version;
    if (another !== version) found('twice', `${id} wrote ${another} and ${version}`);
    const refused = writer.outcome.kind !== 'written' && writer.outcome.kind !== 'unknown';
    if (refused && !versions.has(id)) found('phantom', `${id} was ${writer.outcome.kind}, yet wrote ${version}`);
    writers.set(version, writer);
    versions.set(id, version);
  };
  for (const { id, key, outcome } of operations) {
    if (outcome.kind === 'written') claim(outcome.version, id, key);
    else if (outcome.kind === 'found') claim(outcome.version, outcome.by, key);
  }
  return { writers, versions };
}

/** The update or the delete that took the place of each version. */
function successorsOf(operations: readonly Operation[], versions: Map<string, string>, violations: Violation[]) {
  const successors = new Map<string, Operation>();
  for (const operation of operations) {
    const { id, key, kind, expected, outcome } = operation;
    const effective = outcome.kind === 'deleted' || (kind === 'update' && versions.has(id));
    if (!effective || expected === undefined) continue;
    const other = successors.get(expected);
    if (other) violations.push({ kind: 'fork', key, message: `${other.id} and ${id} both replaced ${expected}` });
    else successors.set(expected, operation);
  }
  return successors;
}
