export { versionOf, versionTag } from '@etag/core';
export { type CompareAndSet, compareAndSetStore, type Fate } from './compare-and-set.js';
export { type ConditionalUpdateOptions, conditionalUpdate } from './conditional-update.js';
export { OutcomeUnknownError } from './errors.js';
export {
  absent,
  any,
  type CurrentVersion,
  type Expectation,
  exists,
  type GuardOptions,
  guard,
  holds,
  noneOf,
  oneOf,
} from './expectation.js';
export {
  type DeleteOutcome,
  type Outcome,
  type PutOutcome,
  type Refused,
  type ReplaceOutcome,
  refused,
  type ToHttpOptions,
  toHttp,
  type Versioned,
} from './outcome.js';
export { type CallOptions, stateOf, type TransactionalStore, type VersionedStore } from './port.js';
export { remove } from './remove.js';
export { type ReplaceOptions, replace } from './replace.js';
export type { TableOptions } from './table.js';
