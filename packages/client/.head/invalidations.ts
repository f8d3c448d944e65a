const REMEMBERED = 1000;

/**
 * Remembers which keys were invalidated, so that a response which was on its way then is not stored after it.
 *
 * @see RFC 9111 §4.4
 */
export class Invalidations {
  #clock = 0;
  /** What was invalidated until then is not remembered key by key. */
  #forgotten = 0;
  readonly #last = new Map<string, number>();

  /** The time to compare with later. */
  now(): number {
    return this.#clock;
  }

  add(key: string): void {
    this.#last.delete(key);
    this.#last.set(key, ++this.#clock);
    if (this.#last.size <= REMEMBERED) return;
    const [oldest, time] = this.#last.entries().next().value as [string, number];
    this.#last.delete(oldest);
    this.#forgotten = time;
  }

  /** Whether a key was, or may have been, invalidated since a time. */
  since(key: string, time: number): boolean {
    return (this.#last.get(key) ?? this.#forgotten) > time;
  }
}
