/** Keeps requests apart, and counts them. */
export class Pace {
  /** How many requests there were. */
  count = 0;
  /** Why no more are sent; null as long as some are. */
  ended: string | null = null;
  readonly #gap: number;
  readonly #most: number;
  #next = 0;

  /**
   * @param rate - requests a second at most
   * @param most - requests at most
   */
  constructor(rate: number, most: number) {
    this.#gap = 1000 / rate;
    this.#most = most;
  }

  /**
   * Waits until the next request may leave.
   *
   * @param isRushed - whether the rate does not count, as in a race
   * @param isNeeded - whether the number does not count, as when something is put back
   * @throws TooManyRequests when there were as many as there may be
   */
  async turn(isRushed: boolean, isNeeded: boolean): Promise<void> {
    if (!isNeeded && this.count >= this.#most) {
      this.ended = `The audit stops after ${this.#most} requests (--max-requests).`;
      throw new TooManyRequests(this.ended);
    }
    this.count++;
    if (isRushed) return;
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#gap;
    if (at > now) await pause(at - now);
  }
}

/** The number of requests that an audit may send is used up. */
export class TooManyRequests extends Error {
  override name = 'TooManyRequests';
}

/** Waits some ms. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
