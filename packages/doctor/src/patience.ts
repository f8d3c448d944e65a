import { parseHttpDate } from '@etag/core';
import { field, type WireResponse } from '@etag/wire';

/** How many requests may stay without a response. */
const MOST_TIMEOUTS = 3;

/** How long an audit waits because a server asks it to: at least, where it asks for less or says no time; at once; in all. In ms. */
const LEAST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const LONGEST_WAITS = 60_000;

/** How long an audit puts up with a server that does not answer, or asks to be left alone. */
export class Patience {
  /** Why nothing more is sent; null as long as something is. */
  ended: string | null = null;
  readonly #timeout: number;
  #timeouts = 0;
  #waited = 0;

  /** @param timeout - how long each request waits for its response, in ms */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** Another request has had no response in time. */
  timedOut(): void {
    this.#timeouts++;
    if (this.#timeouts >= MOST_TIMEOUTS)
      this.ended = `${this.#timeouts} requests had no response within ${this.#timeout} ms each.`;
  }

  /**
   * How long to wait before a request is sent again.
   *
   * @returns ms; null where the server does not ask to be left alone
   * @throws LeftAlone where it asks for longer than an audit waits
   */
  waitAfter({ status, headers }: WireResponse): number | null {
    const value = field(headers, 'retry-after');
    if (status !== 429 && (status !== 503 || value === null)) return null;
    const wait = Math.max(LEAST_WAIT, delayOf(value ?? '') ?? 0);
    this.#waited += wait;
    if (wait <= LONGEST_WAIT && this.#waited <= LONGEST_WAITS) return wait;
    const asked = value === null ? '' : ` and Retry-After: ${value}`;
    this.ended = `The server answers ${status}${asked}: it wants fewer requests (--rate).`;
    throw new LeftAlone(this.ended);
  }
}

/** A server wants to be left alone for longer than an audit waits. */
export class LeftAlone extends Error {
  override name = 'LeftAlone';
}

// RFC 9110 §10.2.3: Retry-After = HTTP-date / delay-seconds
/** What Retry-After asks for, in ms; null when it is malformed. */
function delayOf(value: string): number | null {
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const time = parseHttpDate(value);
  return time === null ? null : Math.max(0, time - Date.now());
}
