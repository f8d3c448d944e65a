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
export { type Current, evaluateCurrent } from './current.ts';
export { errors } from './errors.ts';
export { type EtagOptions, etag, type Middleware } from './etag.ts';
export {
  Exchange,
  exchangeOf,
  type Finish,
  intercepted,
  interceptOwn,
  type Replacement,
} from './exchange.ts';
export { accessors, hasOwnMethods, type Interception, type Method, type Methods, methodsOf } from './methods.ts';
export type { Next } from './next.ts';
export { type PreconditionOptions, precondition } from './precondition.ts';
export { stopProducer } from './producer.ts';
export { interceptedRead, Read, readOf } from './read.ts';
export { setStatus } from './refusal.ts';
export { refuse } from './refuse.ts';
export { LiveRequestHead, type NodeRequest, requestHead } from './request-head.ts';
export { type NodeResponse, NodeResponseHead } from './response-head.ts';
export { serveFile } from './serve-file.ts';
export { expectation, respond } from './write.ts';
