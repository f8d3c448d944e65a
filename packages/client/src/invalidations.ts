import { sectionIn } from './key.ts';

const REMEMBERED = 1000;

interface Invalidation {
  /** How many there were, with this one. */
  readonly count: number;
  /** In ms since the epoch. */
  readonly time: number;
}

const NEVER: Invalidation = { count: 0, time: -Infinity };

/**
 * Remembers which keys, and sections of keys, were invalidated: a response that was on its way then is not stored after it, and what a store still
 * has from before, since it could not be reached or was given it later, is void.
 *
 * @see RFC 9111 §4.4
 */
export class Invalidations {
  #count = 0;
  /** What was invalidated until then is not remembered key by key. */
  #forgotten = NEVER;
  readonly #last = new Map<string, Invalidation>();

  /** How many there were so far: to compare with later. */
  now(): number {
    return this.#count;
  }

  add(key: string): void {
    this.#last.delete(key);
    this.#last.set(key, { count: ++this.#count, time: Date.now() });
    if (this.#last.size <= REMEMBERED) return;
    const [oldest, invalidation] = this.#last.entries().next().value as [string, Invalidation];
    this.#last.delete(oldest);
    this.#forgotten = invalidation;
  }

  /** Whether a key was, or may have been, invalidated since there were so many. */
  since(key: string, count: number): boolean {
    return this.#of(key).count > count;
  }

  /** Whether a response that was requested at a time, in ms since the epoch, is from before its key was invalidated. */
  isVoid(key: string, requested: number): boolean {
    return this.#of(key).time > requested;
  }

  #of(key: string): Invalidation {
    if (this.#count === 0) return NEVER;
    const ofKey = this.#last.get(key) ?? this.#forgotten;
    const ofAll = this.#last.get(sectionIn(key)) ?? NEVER;
    return ofAll.count > ofKey.count ? ofAll : ofKey;
  }
}
