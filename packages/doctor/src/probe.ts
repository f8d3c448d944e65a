import {
  type ExchangeOptions,
  exchange,
  type FieldLine,
  field,
  NotInTime,
  type WireRequest,
  type WireResponse,
} from '@etag/wire';
import { isCredential } from './credentials.ts';
import type { Settings } from './options.ts';
import { Pace, pause } from './pace.ts';
import { Patience } from './patience.ts';

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
  /** Leaves out the credentials of the user. @default false */
  isStranger?: boolean | undefined;
}

/** Where the exchanges of an audit come from: the endpoint, or a recording of it. */
export interface Sender {
  readonly settings: Settings;
  /** Sends a request; rejects where there is no response to it. */
  send(url: URL, request: WireRequest, options?: SendOptions): Promise<Sent>;
}

/** How much of a response is read, in bytes. */
const MOST_BYTES = 1024 * 1024;

const OWN_FIELDS: readonly FieldLine[] = [
  ['User-Agent', 'etag-doctor (+https://www.npmjs.com/package/@etag/doctor)'],
  ['Accept', '*/*'],
];

/** Sends requests, no more and no faster than it may. */
export class Probe implements Sender {
  readonly settings: Settings;
  readonly #pace: Pace;
  readonly #patience: Patience;

  constructor(settings: Settings) {
    this.settings = settings;
    this.#pace = new Pace(settings.rate, settings.maxRequests);
    this.#patience = new Patience(settings.timeout);
  }

  /** Why the audit did not ask all that it wanted to; null where it did. */
  get stopped(): string | null {
    return this.#interrupted ?? this.#patience.ended ?? this.#pace.ended;
  }

  get #interrupted(): string | null {
    return this.settings.signal?.aborted ? 'The audit was interrupted.' : null;
  }

  /** How many requests were sent. */
  get count(): number {
    return this.#pace.count;
  }

  /** Sends a request on a connection of its own, and again where the server asks to wait a little. */
  async send(url: URL, request: WireRequest, options: SendOptions = {}): Promise<Sent> {
    while (true) {
      const sent = await this.#once(url, request, options);
      const wait = options.isRushed ? null : this.#patience.waitAfter(sent.response);
      if (wait === null) return sent;
      await pause(wait);
    }
  }

  async #once(url: URL, request: WireRequest, options: SendOptions): Promise<Sent> {
    const { address = null, keepAlive, isRushed = false, isNeeded = false } = options;
    const ended = this.#interrupted ?? this.#patience.ended;
    if (ended !== null && !isNeeded) throw new Error(ended);
    await this.#pace.turn(isRushed, isNeeded);
    const headers = this.#fields(request.headers, options.isStranger);
    try {
      const response = await exchange(url.origin, { ...request, headers }, this.#connection(url, address, keepAlive));
      return { url, request: { ...request, headers }, response, address };
    } catch (error) {
      if (error instanceof NotInTime) this.#patience.timedOut();
      throw error;
    }
  }

  /** The fields of a check replace those of the user, and these replace our own. */
  #fields(headers: readonly FieldLine[], isStranger = false): FieldLine[] {
    const own = this.settings.headers.filter(([name]) => !(isStranger && isCredential(name)));
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
