export { codedTag, namedTag, uncodedTag } from './content-coding.js';
export { type ContentTagOptions, contentTag } from './content-tag.js';
export type { Decision, PreconditionField, Reason } from './decision.js';
export { type Digest, sha256 } from './digest.js';
export { type EntityTag, entityTag, isWeak, parseEntityTag, strongCompare, weakCompare } from './entity-tag.js';
export { parseEntityTagList } from './entity-tag-list.js';
export { EtagError, isEtagError, PreconditionFailedError, PreconditionRequiredError } from './errors.js';
export {
  absent,
  allOf,
  any,
  type CurrentVersion,
  type Expectation,
  exists,
  type GuardOptions,
  guard,
  holds,
  noneOf,
  oneOf,
  unmodifiedSince,
} from './expectation.js';
export { fileTag } from './file-tag.js';
export { formatHttpDate, parseHttpDate } from './http-date.js';
export { canonicalJson, type JsonTagOptions, jsonTag } from './json-tag.js';
export { isSafeMethod } from './method.js';
export { staysOnNotModified, varyWith } from './not-modified.js';
export { type Outcome, type ToHttpOptions, toHttp, type Versioned } from './outcome.js';
export { type EvaluateOptions, evaluatePreconditions } from './preconditions.js';
export { type Answer, type Problem, problem, toResponse } from './problem.js';
export { type ByteRange, evaluateRange, type RangeDecision, type RangeOptions } from './range.js';
export { fieldValue, type FieldReader, type HeaderFields, type RequestHead } from './request-head.js';
export type { ResourceState } from './resource-state.js';
export { isConditional, isTaggable, type ResponseHead } from './taggable.js';
export { versionOf, versionTag } from './version-tag.js';
