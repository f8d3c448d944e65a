import type { Sent } from './probe.ts';
import type { Severity } from './severity.ts';
import type { Subject } from './subject.ts';

/** What a check found. */
export type Verdict =
  | { readonly kind: 'passed' }
  /** The check does not apply to this resource, or its requests did not decide it. */
  | { readonly kind: 'skipped'; readonly why: string }
  | {
      readonly kind: 'failed';
      readonly expected: string;
      readonly seen: string;
      /** The exchanges that show it. */
      readonly sent: readonly Sent[];
    };

/** One question about an endpoint. */
export interface Check {
  /** Stable, kebab-case and unique: the anchor of its section in the documentation. */
  readonly id: string;
  /** What holds of an endpoint that passes. */
  readonly title: string;
  /** The section that asks for it: `RFC 9110 §13.1.2`. */
  readonly section: string;
  readonly severity: Severity;
  /** What to do about a failure, whatever the server. */
  readonly fix: string;
  /** Whether it looks at what a recording does not keep: bytes, connections and times. @default false */
  readonly isLive?: boolean;
  /** The options of curl that show it, where the head of the response does not. @default leaves the content out */
  readonly curl?: readonly string[];
  run(subject: Subject): Promise<Verdict>;
}

/** The verdict of a check that holds. */
export const passed: Verdict = { kind: 'passed' };

/** The verdict of a check that does not apply. */
export function skipped(why: string): Verdict {
  return { kind: 'skipped', why };
}

/** The verdict of a check that does not hold, with the exchanges that show it. */
export function failed(expected: string, seen: string, ...sent: readonly Sent[]): Verdict {
  return { kind: 'failed', expected, seen, sent };
}
