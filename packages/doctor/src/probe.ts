import { type ExchangeOptions, exchange, type FieldLine, field, type WireRequest, type WireResponse } from '@etag/wire';
import type { Settings } from './options.ts';
import { Pace, pause } from './pace.ts';

/** A request that was sent, and its response. */
export interface Sent {
  readonly url: URL;
  readonly request: WireRequest;
  readonly response: WireResponse;
  /** The address that it was sent to instead of that of the URL; null for the URL's own. */
  readonly address: string | null;
}

/** How a request of a check is sent. */
export interface SendOptions {
  /** The address to connect to. @default that of the URL */
  address?: string | undefined;
  /** Lets the connection stay open, to see whether the server would. @default false */
  keepAlive?: boolean | undefined;
  /** Does not keep to the rate. @default false */
  isRushed?: boolean | undefined;
  /** Is sent however many requests there were. @default false */
  isNeeded?: boolean | undefined;
  /** Leaves out the fields of the user that this matches. */
  without?: RegExp | undefined;
}

/** Where the exchanges of an audit come from: the endpoint, or a recording of it. */
export interface Sender {
  readonly settings: Settings;
  /** Sends a request; rejects where there is no response to it. */
  send(url: URL, request: WireRequest, options?: SendOptions): Promise<Sent>;
}

/** How much of a response is read, in bytes. */
const MOST_BYTES = 1024 * 1024;

/** The longest that an audit waits because a server asks it to, in ms. */
const LONGEST_WAIT = 30_000;

const OWN_FIELDS: readonly FieldLine[] = [
  ['User-Agent', 'etag-doctor (+https://www.npmjs.com/package/@etag/doctor)'],
  ['Accept', '*/*'],
];

/** Sends requests, no more and no faster than it may. */
export class Probe implements Sender {
  readonly settings: Settings;
  readonly #pace: Pace;

  constructor(settings: Settings) {
    this.settings = settings;
    this.#pace = new Pace(settings.rate, settings.maxRequests);
  }

  /** How many requests were sent. */
  get count(): number {
    return this.#pace.count;
  }

  /** Sends a request on a connection of its own; once more where the server asks to wait a little. */
  async send(url: URL, request: WireRequest, options: SendOptions = {}): Promise<Sent> {
    const sent = await this.#once(url, request, options);
    const wait = options.isRushed ? null : waitOf(sent.response);
    if (wait === null) return sent;
    await pause(wait);
    return this.#once(url, request, options);
  }

  async #once(url: URL, request: WireRequest, options: SendOptions): Promise<Sent> {
    const { address = null, keepAlive, isRushed = false, isNeeded = false } = options;
    await this.#pace.turn(isRushed, isNeeded);
    const headers = this.#fields(request.headers, options.without);
    const response = await exchange(url.origin, { ...request, headers }, this.#connection(url, address, keepAlive));
    return { url, request: { ...request, headers }, response, address };
  }

  /** The fields of a check replace those of the user, and these replace our own. */
  #fields(headers: readonly FieldLine[], without?: RegExp): FieldLine[] {
    const own = this.settings.headers.filter(([name]) => !without?.test(name));
    const isIn = (lines: readonly FieldLine[], name: string) => field(lines, name) !== null;
    const users = own.filter(([name]) => !isIn(headers, name));
    const ours = OWN_FIELDS.filter(([name]) => !isIn(headers, name) && !isIn(users, name));
    return [...ours, ...users, ...headers];
  }

  #connection(url: URL, address: string | null, keepAlive = false): ExchangeOptions {
    const { timeout, ca, insecure, resolve } = this.settings;
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const node = address === null ? {} : { [`${host}:${port}`]: address };
    return {
      timeout,
      ca,
      insecure,
      resolve: { ...resolve, ...node },
      keepAlive,
      maxBytes: MOST_BYTES,
      firstByteOnly: isEventStream,
    };
  }
}

/** Whether a response goes on for as long as its reader listens. */
export function isEventStream(headers: readonly FieldLine[]): boolean {
  return /^text\/event-stream\b/i.test(field(headers, 'content-type') ?? '');
}

/** How long a server asks to be left alone, in ms; null where it does not, or for too long. */
function waitOf({ status, headers }: WireResponse): number | null {
  if (status !== 429 && status !== 503) return null;
  const seconds = field(headers, 'retry-after') ?? '';
  const wait = /^\d{1,5}$/.test(seconds) ? Number(seconds) * 1000 : null;
  return wait !== null && wait <= LONGEST_WAIT ? wait : null;
}
