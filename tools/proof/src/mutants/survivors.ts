/** A mutant that no test notices, and why none should. */
export interface Survivor {
  /** The end of its path: `core/src/range.ts`. */
  readonly file: string;
  /** The line that the mutant changes, without its indent. */
  readonly line: string;
  /** What stands in place of a part of it. */
  readonly to: readonly string[];
  readonly reason: string;
}

/** What is left of the mutants of Stryker. Each is as good as the source, or its fault is one that tests cannot see. */
export const SURVIVORS: readonly Survivor[] = [];
