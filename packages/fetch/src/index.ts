export {
  absent,
  any,
  type EntityTag,
  type Expectation,
  entityTag,
  exists,
  expectation,
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
export { type Current, notModifiedResponse, withValidators } from './current.ts';
export { type EtagOptions, etag } from './etag.ts';
export { type ContentOptions, evaluated, finish, type Known, mutable, notModified } from './finish.ts';
export { middleware, type Next } from './middleware.ts';
export { type PreconditionOptions, precondition } from './precondition.ts';
export type { Handler } from './refusal.ts';
export { finishText, type TextContent, textResponse } from './text.ts';
export { respond } from './write.ts';
