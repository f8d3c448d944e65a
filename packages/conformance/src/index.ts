export {
  type Content,
  contentPath,
  eventStream,
  largeChunks,
  type PlainAnswer,
  plainAnswer,
  representation,
  STREAM_DURATION,
  stateOf,
  statePath,
  streamChunks,
  vectorPath,
} from './fixture.js';
export { type Failure, formatReport, type Report, type SectionResult } from './report.js';
export { type RunOptions, runConformance } from './run.js';
export type { Scenario, Step, StepExpectation } from './scenario.js';
export { scenarios } from './scenarios.js';
export {
  type DateVector,
  type FieldLine,
  plainStatus,
  type RangeVector,
  type TagListVector,
  type Vector,
  type VectorState,
} from './vector.js';
export { coreOnly, dateVectors, rangeVectors, tagListVectors, vectors } from './vectors.js';
export { type ExchangeOptions, exchange, type WireRequest, type WireResponse } from './wire.js';
