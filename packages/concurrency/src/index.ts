export {
  absent,
  any,
  type CurrentVersion,
  checkExpectation,
  type DeleteOutcome,
  type Expectation,
  type ExpectationOptions,
  exists,
  expectation,
  holds,
  isOutcome,
  noneOf,
  type Outcome,
  OutcomeUnknownError,
  oneOf,
  outcome,
  type PutOutcome,
  type Refused,
  type ReplaceOutcome,
  type RespondOptions,
  refused,
  respond,
  type Stored,
  stateOf,
  stored,
  type TagCodec,
  type TagFormat,
  tagCodec,
  type Versioned,
  versionOf,
  versionTag,
} from '@etag/core';
export {
  type BatchBody,
  type BatchItem,
  type BatchOutcome,
  type BatchWrite,
  respondToBatch,
  writeAll,
} from './batch.ts';
export { withCodec } from './codec.ts';
export { type CompareAndSet, compareAndSetStore, type Seen, type WriteFailure } from './compare-and-set.ts';
export { WriteBlockedError } from './errors.ts';
export type { Key } from './key.ts';
export { mergePatch } from './merge-patch.ts';
export { type ReplaceOptions, replace } from './replace.ts';
export type {
  ColumnCodec,
  ColumnOptions,
  ColumnsByMember,
  IntegerVersion,
  MemberType,
  ModifiedColumn,
  TableOptions,
  TimeType,
} from './sql/options.ts';
export type { StepCall } from './step-call.ts';
export {
  type CallOptions,
  type InsertOutcome,
  type StoreMethods,
  type TableStore,
  type TransactionalStore,
  type TransactionalTableStore,
  type VersionedStore,
  versionedStore,
} from './store.ts';
export { type TaggedItemOptions, taggedItem } from './tagged-item.ts';
export { type UpdateOptions, update } from './update.ts';
