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
export { errors, expectation, respond } from '@etag/node';
export { circumstances } from './circumstances.ts';
export { answerCurrent, type Current, type Middleware } from './current.ts';
export { type EtagOptions, etag } from './etag.ts';
export { finish } from './finish.ts';
export { type PreconditionOptions, precondition } from './precondition.ts';
