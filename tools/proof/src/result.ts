/** What a part of the proof tried, and what came of it: a line of docs/reliability.md. */
export interface Result {
  /** In a few words; the same on every run. */
  readonly what: string;
  readonly cases: number;
  /** Faults that were injected on purpose. @default 0 */
  readonly faults?: number;
  /** Acknowledged writes that are gone, and responses that never came. @default 0 */
  readonly lost?: number;
  /** What is wrong, a line each. */
  readonly wrong: readonly string[];
  /** A figure beside. */
  readonly note?: string;
}

/** A part of the proof. */
export interface Part {
  /** As on the command line. */
  readonly name: string;
  /** A heading of docs/reliability.md. */
  readonly title: string;
  /** A paragraph under it. */
  readonly about: string;
  /**
   * Tries it.
   *
   * @param isLong - as long as by hand, or short as in CI
   */
  run(isLong: boolean): Promise<Result[]>;
}
