const MOST = 1000;
const REMEMBERED_MS = 60_000;

/** Remembers for a while which requests have answers that are for one caller alone, so that nobody waits for one in vain. */
export class Unshareable {
  readonly #until = new Map<string, number>();

  has(same: string): boolean {
    return (this.#until.get(same) ?? 0) > performance.now();
  }

  /** Takes note of what the last answer was. */
  mark(same: string, isUnshareable: boolean): void {
    this.#until.delete(same);
    if (!isUnshareable) return;
    this.#until.set(same, performance.now() + REMEMBERED_MS);
    if (this.#until.size > MOST) this.#until.delete(this.#until.keys().next().value as string);
  }
}
