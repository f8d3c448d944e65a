import type { FieldLine } from './vector.js';

/** What the response of a step has to be. */
export interface StepExpectation {
  /** Absent: any status. */
  status?: number;
  /**
   * Response header fields: the value, true for any value, false for none. `{name}` in a value stands for what an
   * earlier step captured; a value that stands for a field which was not there expects nothing.
   */
  fields?: Record<string, string | boolean>;
  /** The content, its content coding removed. */
  body?: string;
  /** Members that the content has as a JSON object. */
  json?: Record<string, string | number | null>;
  /** A captured tag that the ETag must not be when the response has a content coding and its tag is strong. */
  otherTagWhenCoded?: string;
  /** A captured tag that the ETag must not be. */
  otherTag?: string;
  /** How soon the first byte of content has to come, in ms. */
  firstByteWithin?: number;
  /** How long before the end of the content its first byte has to come, in ms. */
  firstByteBeforeEnd?: number;
}

/** One exchange of a scenario. */
export interface Step {
  method: string;
  path: string;
  /** `{name}` in a value stands for what an earlier step captured. */
  headers?: FieldLine[];
  expect: StepExpectation;
  /** Keeps response header fields for later steps: the name of the placeholder, and the field. */
  capture?: Record<string, string>;
  /** Hangs up at the first byte of content, for a response that never ends. @default false */
  firstByteOnly?: boolean;
}

/** Exchanges that build on each other: what no single vector can show. */
export interface Scenario {
  id: string;
  section: string;
  title: string;
  peer?: string;
  steps: Step[];
}
