export type { FieldLine } from '@etag/wire';
export {
  CODED_BODY,
  type Content,
  contentPath,
  type PlainAnswer,
  plainAnswer,
  representation,
  requestFields,
  rewrittenPath,
  type StreamAnswer,
  stateOf,
  statePath,
  streamAnswer,
  streamPath,
  vectorPath,
} from './fixture.ts';
export { type Failure, formatReport, type Report, type SectionResult } from './report.ts';
export { type RunOptions, runConformance } from './run.ts';
export type { Scenario, Step, StepExpectation } from './scenario.ts';
export { scenarios } from './scenarios.ts';
export {
  type DateVector,
  plainStatus,
  type RangeVector,
  type TagListVector,
  type Vector,
  type VectorState,
} from './vector.ts';
export { coreOnly, dateVectors, rangeVectors, tagListVectors, vectors } from './vectors.ts';
