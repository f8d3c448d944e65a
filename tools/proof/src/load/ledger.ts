/** How many notes there are; the last one is long. */
export const NOTES = 4;
/** The number of the long one. */
export const LONG = NOTES - 1;
/** How often the unit of a content is repeated: from a few bytes to a few MB. */
const REPEATED = [1, 500, 8000, 400_000];

/** A time in which something happened, in ms of this process. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * The content of a version of a note: no part of it is that of another one.
 *
 * @param note - its number
 * @param version - counted from 1
 */
export function contentOf(note: number, version: number): string {
  return `${note}.${version};`.repeat(REPEATED[note] ?? 1);
}

/**
 * The version that a content is of.
 *
 * @returns null where it is not the whole content of one version
 */
export function versionIn(note: number, content: string): number | null {
  const version = Number(/^\d\.(\d+);/.exec(content)?.[1]);
  return content === contentOf(note, version) ? version : null;
}

/** Which version of each note was current when. The server and its clients share a process, and a clock. */
export class Ledger {
  /** When each version came. */
  readonly #came: number[][] = Array.from({ length: NOTES }, () => [performance.now()]);

  current(note: number): number {
    return this.#timesOf(note).length;
  }

  /** Makes the next version the current one. */
  replace(note: number): number {
    return this.#timesOf(note).push(performance.now());
  }

  /** Whether a version was current at some time. */
  wasCurrent(note: number, version: number, { from, to }: Window): boolean {
    const [came, went] = this.#timeOf(note, version);
    return came <= to && went >= from;
  }

  /** Whether no other version was current at any time. */
  wasCurrentThroughout(note: number, version: number, { from, to }: Window): boolean {
    const [came, went] = this.#timeOf(note, version);
    return came < from && went > to;
  }

  #timeOf(note: number, version: number): [came: number, went: number] {
    const times = this.#timesOf(note);
    const never = Number.POSITIVE_INFINITY;
    return [times[version - 1] ?? never, times[version] ?? never];
  }

  #timesOf(note: number): number[] {
    return this.#came[note] as number[];
  }
}
