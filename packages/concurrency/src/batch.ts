import {
  type Answer,
  checkExpectation,
  type DeleteOutcome,
  type EntityTag,
  type Expectation,
  type Outcome,
  type Problem,
  type PutOutcome,
  problem,
  type RespondOptions,
  respond,
  tagOfVersion,
} from '@etag/core';
import { type Key, shownKey } from './key.ts';
import type { CallOptions, TransactionalStore, VersionedStore } from './store.ts';

/** One write of a batch: a value that is put, or a delete. */
export type BatchWrite<K, T> =
  | { readonly key: K; readonly value: T; readonly expectation: Expectation }
  | { readonly key: K; readonly delete: true; readonly expectation: Expectation };

/** What became of a batch: all of it was written, or nothing. */
export interface BatchOutcome<T> {
  /** Whether everything was written. */
  readonly isWritten: boolean;
  /** What became of each write, in their order. Where nothing was written: what would have become of it. */
  readonly outcomes: readonly (PutOutcome<T> | DeleteOutcome)[];
}

/**
 * Writes many values in one transaction, each with an expectation of its own: all of them, or none.
 *
 * @param store - has `transact`
 * @param writes - of one key each; they are done in the order of the keys, so that two batches seldom deadlock
 * @param options - `signal` to abort
 * @returns what became of each; where one was refused, nothing was written
 * @throws TypeError for two writes of one key, or for what is not an expectation, and nothing was written
 * @throws OutcomeUnknownError when the commit may or may not have happened
 * @see RFC 9110 §13.2
 */
export async function writeAll<K extends Key, T>(
  store: TransactionalStore<K, T, unknown>,
  writes: readonly BatchWrite<K, T>[],
  options?: CallOptions,
): Promise<BatchOutcome<T>> {
  const inOrder = ordered(writes);
  const outcomes: (PutOutcome<T> | DeleteOutcome)[] = [];
  const rollback = new Error('A write of the batch was refused');
  try {
    await store.transact(async (inside) => {
      for (const [index, write] of inOrder) outcomes[index] = await writeOne(inside, write);
      if (outcomes.some(isRefused)) throw rollback;
    }, options);
  } catch (error) {
    if (error !== rollback) throw error;
    return { isWritten: false, outcomes };
  }
  return { isWritten: true, outcomes };
}

/** The writes with their places, in the order of their keys. */
function ordered<K extends Key, T>(writes: readonly BatchWrite<K, T>[]): [index: number, write: BatchWrite<K, T>][] {
  const names = writes.map(({ key }) => shownKey(key));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`Two writes of the batch have one key: ${twice}`);
  for (const { expectation } of writes) checkExpectation(expectation);
  const nameOf = (index: number) => names[index] as string;
  return [...writes.entries()].sort(([a], [b]) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function writeOne<K, T>(store: VersionedStore<K, T>, write: BatchWrite<K, T>): Promise<PutOutcome<T> | DeleteOutcome> {
  return 'delete' in write
    ? store.delete(write.key, write.expectation)
    : store.put(write.key, write.value, write.expectation);
}

const REFUSED: readonly Outcome<unknown>['kind'][] = ['stale', 'exists', 'missing', 'contended'];

function isRefused({ kind }: Outcome<unknown>): boolean {
  return REFUSED.includes(kind);
}

/** What the answer to a batch says of one write, in its place. */
export type BatchItem<T> =
  /** Written: 200, 201 or 204. The tag is null, and there is no value, after a delete. */
  | { readonly status: number; readonly etag: EntityTag | null; readonly value?: T }
  /** Refused: 412, or 404 of a delete, with the current tag. */
  | Problem
  /** Not written because another was refused: 424. */
  | { readonly status: 424; readonly title: string };

/** The content of the answer to a batch. A refused one is a problem as well. */
export type BatchBody<T> = { readonly items: readonly BatchItem<T>[] } & Partial<Problem>;

/**
 * The answer to a batch: 200 with the new tag of each item; or 412, which says of each item whether it was refused, and
 * what its current tag is.
 *
 * @param batch - what `writeAll` gave
 * @param options - `codec`: how the versions become tags; @default that of `versionTag`
 * @returns JSON, or problem details with a member `items`
 * @see RFC 9110 §15.5.13, RFC 4918 §11.4
 */
export function respondToBatch<T>(
  { isWritten, outcomes }: BatchOutcome<T>,
  options?: Pick<RespondOptions, 'codec'>,
): Answer<BatchBody<T>> {
  if (isWritten) {
    const items = outcomes.map((outcome) => writtenItem(outcome, options));
    return { status: 200, headers: { 'content-type': 'application/json' }, body: { items } };
  }
  const items = outcomes.map((outcome) => (isRefused(outcome) ? refusedItem(outcome, options) : DEPENDENT));
  const detail = 'Nothing was written, since these items were refused. Read them again, and send their new tags.';
  const { status, headers, body } = problem(412, 'Precondition Failed', detail, {});
  return { status, headers, body: { ...body, items } };
}

const DEPENDENT: BatchItem<never> = { status: 424, title: 'Failed Dependency' };

function writtenItem<T>(outcome: PutOutcome<T> | DeleteOutcome, options: RespondOptions | undefined): BatchItem<T> {
  if (outcome.kind !== 'created' && outcome.kind !== 'updated') return { status: 204, etag: null };
  const etag = tagOfVersion(outcome.version, options?.codec);
  return { status: outcome.kind === 'created' ? 201 : 200, etag, value: outcome.value };
}

/** The problem that the item would be by itself. Its expectation came from the content: no field of the request failed. */
function refusedItem<T>(outcome: PutOutcome<T> | DeleteOutcome, options: RespondOptions | undefined): Problem {
  const { status, body } = respond({ method: 'POST', headers: {} }, outcome, options);
  return { ...(body as Problem), status };
}
