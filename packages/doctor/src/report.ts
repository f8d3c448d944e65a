import type { FieldLine } from '@etag/wire';
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
  /** The same requests, and what they were answered. */
  readonly exchanges: readonly Exchange[];
}

/** A request, and the status of its response. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** The fields of the request; the values of credentials are left out. */
  readonly headers: readonly FieldLine[];
  /** The content of the request; null for none. */
  readonly content: string | null;
  readonly status: number;
  /** The ETag of the response; null for none. */
  readonly tag: string | null;
}

/** What a revalidation saves. */
export interface Savings {
  /** The bytes of a full response on the wire, in the coding that browsers get. */
  readonly full: number;
  /** The bytes of a 304. */
  readonly notModified: number;
  /** What the readers of `clients` and `interval` take in a day; null where they are not given. */
  readonly perDay: PerDay | null;
}

/** The traffic of a day, when nothing changes. */
export interface PerDay {
  readonly clients: number;
  /** How often each of them reads, in s. */
  readonly interval: number;
  /** The bytes without revalidation. */
  readonly full: number;
  /** The bytes of 304 responses. */
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
  /** Why not all was asked that there was to ask; null where it was. What was not asked is among `skipped`. */
  readonly stopped: string | null;
  /** False when the audit wrote and could not put back what it found; null when it sent no write. */
  readonly isRestored: boolean | null;
  /** How many requests were sent. */
  readonly requests: number;
  /** How long it took, in ms. */
  readonly duration: number;
}
