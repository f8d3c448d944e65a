import type { ConnectionOptions, FieldLine } from '@etag/wire';
import type { Promises } from './promises.ts';

/** How an audit is done. */
export interface AuditOptions extends ConnectionOptions {
  /** Fields that every request carries, such as Authorization. @default none */
  headers?: readonly FieldLine[] | undefined;
  /** Runs only the checks whose id this matches. @default all */
  only?: RegExp | undefined;
  /** Leaves out the checks whose id this matches. @default none */
  skip?: RegExp | undefined;
  /** How often the resource is read to see whether its tag holds. @default 6 */
  repeats?: number | undefined;
  /** How long to wait for a response, in ms. @default 10,000 */
  timeout?: number | undefined;
  /** How many requests a second at most. @default 5; on loopback no limit */
  rate?: number | undefined;
  /** How many requests at most. @default 200; with `race` more */
  maxRequests?: number | undefined;
  /** The addresses of the nodes behind the URL, with a port where it is another one. @default none */
  nodes?: readonly string[] | undefined;
  /** The address of the origin behind the proxies of the URL. @default none */
  origin?: string | undefined;
  /** Also writes to the URL, with PUT, and restores what it found. @default false */
  write?: boolean | undefined;
  /** How many writers race for the URL; only with `write`. @default 0 */
  race?: number | undefined;
  /** What an OpenAPI document says of the URL; the checks `promise-…` compare. @default none */
  promises?: Promises | undefined;
  /** Ends the audit early: nothing more is asked, what was written is put back, and the report says so. @default none */
  signal?: AbortSignal | undefined;
  /** How many clients read the URL again and again, for a projection of what a 304 saves. @default none */
  clients?: number | undefined;
  /** How often each of them does, in s. @default 60 */
  interval?: number | undefined;
}

/** The options with their defaults. */
export interface Settings extends ConnectionOptions {
  readonly headers: readonly FieldLine[];
  readonly repeats: number;
  readonly timeout: number;
  readonly rate: number;
  readonly maxRequests: number;
  readonly nodes: readonly string[];
  readonly origin: string | null;
  readonly write: boolean;
  readonly race: number;
  readonly promises: Promises | null;
  readonly signal?: AbortSignal | undefined;
}

const MOST_REQUESTS = 200;

/** How many requests a writer of a race sends: five reads and five writes. */
const REQUESTS_OF_WRITER = 10;

/** Nobody else is disturbed by many requests to one's own machine. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/** Fills in what the options leave open. */
export function settingsOf(url: URL, options: AuditOptions): Settings {
  const { resolve, ca, insecure, headers = [], repeats = 6, timeout = 10_000, nodes = [], origin = null } = options;
  const { rate = isLoopback(url) ? Number.POSITIVE_INFINITY : 5, write = false, race = 0, promises = null } = options;
  const { signal, maxRequests = MOST_REQUESTS + race * REQUESTS_OF_WRITER } = options;
  const connection = { resolve, ca, insecure, timeout, rate, maxRequests };
  return { ...connection, headers, repeats, nodes, origin, write, race, promises, signal };
}
