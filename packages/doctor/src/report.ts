import type { Configuration } from './configuration.ts';
import type { Server } from './server.ts';
import type { Severity } from './severity.ts';

/** Something that is broken, and what mends it. */
export interface Finding {
  /** The id of the check: stable, kebab-case. */
  readonly id: string;
  /** The page that explains it. */
  readonly url: string;
  /** What holds of an endpoint that passes. */
  readonly title: string;
  /** The section that asks for it: `RFC 9110 §13.1.2`. */
  readonly section: string;
  readonly severity: Severity;
  readonly expected: string;
  readonly seen: string;
  readonly fix: string;
  /** For a server that was recognised the line that mends it; otherwise null. */
  readonly configuration: Configuration | null;
  /** The requests that show it, as lines for a shell. */
  readonly requests: readonly string[];
}

/** What a revalidation saves. */
export interface Savings {
  /** The bytes of a full response on the wire, in the coding that browsers get. */
  readonly full: number;
  /** The bytes of a 304. */
  readonly notModified: number;
}

/** What an audit found. */
export interface Report {
  /** The URL that was audited, after redirects. */
  readonly url: string;
  /** The servers that say what they are. */
  readonly servers: readonly Server[];
  /** What caches and proxies say of themselves: `Age: 12`. */
  readonly hops: readonly string[];
  /** What is broken, the worst first. */
  readonly findings: readonly Finding[];
  /** The ids of the checks that passed. */
  readonly passed: readonly string[];
  /** The checks that did not apply, or did not come to a result. */
  readonly skipped: readonly { readonly id: string; readonly why: string }[];
  /** What cannot be seen from outside, so that nobody takes it for passed. */
  readonly undecided: readonly string[];
  /** Null where no 304 was seen. */
  readonly savings: Savings | null;
  /** False when the audit wrote and could not put back what it found; null when it did not write. */
  readonly isRestored: boolean | null;
  /** How many requests were sent. */
  readonly requests: number;
  /** How long it took, in ms. */
  readonly duration: number;
}
