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
export { circumstances } from './circumstances.ts';
export { answerCurrent, type Current } from './current.ts';
export { type EtagOptions, etag } from './etag.ts';
export { finish, refuse } from './finish.ts';
export { type EtagPluginOptions, etagPlugin, etagPlugin as default } from './plugin.ts';
export { type PreconditionOptions, precondition } from './precondition.ts';
export { expectation, respond } from './write.ts';
