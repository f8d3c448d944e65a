import type { FieldLine } from '@etag/wire';

/** What the response of a step has to be. */
export interface StepExpectation {
  /** Absent: any status. */
  status?: number;
  /** What the reason phrase must not be. */
  otherMessage?: string;
  /**
   * Response header fields: the value, true for any value, false for none. `{name}` in a value stands for what an
   * earlier step captured; a value that stands for a field which was not there expects nothing. Vary has to name at least
   * what the value names, in any case.
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
  /** A captured tag of the 200 that a 304 stands for: the ETag is that tag, or weak, or not there; never another strong one. */
  tagOf200?: string;
  /** Whether the server has to leave the connection open. The request then does not ask it to close. @default false */
  staysOpen?: boolean;
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
  /** A captured tag that has to be strong for the step to make sense; it is left out where the tag is weak. */
  ifStrong?: string;
}

/** Exchanges that build on each other: what no single vector can show. */
export interface Scenario {
  id: string;
  section: string;
  title: string;
  /** `required`: RFC 9110, or another, asks for it. `choice`: the standard leaves it open, and this is what we chose. */
  kind: 'required' | 'choice';
  peer?: string;
  steps: Step[];
}
