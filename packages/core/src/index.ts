export { codedTag, uncodedTag } from './content-coding.ts';
export { type ContentTagOptions, contentTag } from './content-tag.ts';
export type { CurrentVersion } from './current-version.ts';
export type { Decision, PreconditionField, Reason } from './decision.ts';
export { type Circumstances, type DecisionEvent, isObserved, type ObserveOptions } from './decision-event.ts';
export { type Digest, sha256 } from './digest.ts';
export {
  type EntityTag,
  entityTag,
  hasObsText,
  isWeak,
  parseEntityTag,
  strongCompare,
  weakCompare,
} from './entity-tag.ts';
export { parseEntityTagList } from './entity-tag-list.ts';
export {
  EtagError,
  isEtagError,
  OutcomeUnknownError,
  PreconditionFailedError,
  PreconditionRequiredError,
} from './errors.ts';
export {
  absent,
  any,
  checkExpectation,
  type Expectation,
  type ExpectationOptions,
  exists,
  expectation,
  holds,
  noneOf,
  oneOf,
} from './expectation.ts';
export {
  type Found,
  findReadState,
  type ReadOptions,
  tagContent,
} from './fail-open.ts';
export type { Failure } from './failure.ts';
export { type FilePart, fileResponse } from './file-response.ts';
export { fileTag } from './file-tag.ts';
export { formatHttpDate, parseHttpDate } from './http-date.ts';
export { jsonOf } from './json.ts';
export { canonicalJson, type JsonTagOptions, jsonTag } from './json-tag.ts';
export { isRead } from './method.ts';
export { passBy, toNotModified } from './not-modified.ts';
export { isOff, setOff } from './off.ts';
export { checkNames, checkOptions, READ_NAMES, type TimeoutOptions, WRITE_NAMES } from './options.ts';
export {
  type DeleteOutcome,
  isOutcome,
  type Outcome,
  outcome,
  type PutOutcome,
  type Refused,
  type ReplaceOutcome,
  refused,
} from './outcome.ts';
export { type EvaluateOptions, evaluatePreconditions } from './preconditions.ts';
export { type Answer, hasContent, type Problem, problem } from './problem.ts';
export { type ByteRange, evaluateRange, type RangeDecision, type RangeOptions } from './range.ts';
export { evaluateRead, evaluateResponse, type ReadDecision } from './read.ts';
export { isRefusal, toRefusal } from './refusal.ts';
export {
  comparesDates,
  type FieldReader,
  fieldValue,
  type HeaderFields,
  hasPreconditions,
  type RequestHead,
} from './request-head.ts';
export type { ResourceState } from './resource-state.ts';
export { type RespondOptions, respond } from './respond.ts';
export { acceptsCoding, codeTag } from './response-coding.ts';
export { addVary, type ResponseFields, type ResponseHead } from './response-head.ts';
export { isStored, type Stored, stored, type Versioned } from './stored.ts';
export { stateOf, type TagCodec, type TagFormat, tagCodec, tagOfVersion } from './tag-codec.ts';
export { addValidators, removeValidators, takeOwnTag, takesContentTag, takesValidators } from './validators.ts';
export { versionOf, versionTag } from './version-tag.ts';
export {
  checkPreconditionOptions,
  checkPreconditions,
  guardWrite,
  type PreconditionOptions,
  requirePrecondition,
  requirePreconditionOfWrite,
} from './write.ts';
