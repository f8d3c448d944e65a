export {
  absent,
  any,
  type EntityTag,
  type Expectation,
  entityTag,
  exists,
  isEtagError,
  noneOf,
  type Outcome,
  oneOf,
  type ResourceState,
  type Stored,
  stored,
  tagCodec,
  versionOf,
  versionTag,
} from '@etag/core';
export type { Current } from './current.ts';
export { type EtagOptions, etag } from './etag.ts';
export { type PreconditionOptions, precondition } from './precondition.ts';
export { expectation, respond } from './write.ts';
