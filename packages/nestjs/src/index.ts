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
export type { Current, CurrentState } from './current.ts';
export { Etag, type HandlerDecorator } from './etag.ts';
export { EtagException } from './exception.ts';
export { EtagErrorFilter } from './exception-filter.ts';
export { Expected, type ExpectedDecorator } from './expected.ts';
export { IfMatch } from './if-match.ts';
export { EtagModule } from './module.ts';
export type { EtagModuleOptions } from './module-options.ts';
export type { EtagOptions, IfMatchOptions, Version } from './options.ts';
export { orThrow } from './or-throw.ts';
export { WriteRefusedError } from './write.ts';
