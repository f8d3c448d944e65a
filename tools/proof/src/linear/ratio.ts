/** From 1 KB to 256 KB in CI, and to 1 MB by hand. Where work is quadratic, a byte takes 16 times as long with each step. */
const LENGTHS = [1 << 10, 1 << 14, 1 << 18];
const LONGEST = 1 << 20;
const FEW_LENGTHS = [1 << 10, 1 << 16];
/** How many times as long a byte may take in a text that is up to 16 times as long. */
const MOST = 8;
const RUNS = { base: 4, again: 4 };

/** Reads what somebody prepared. */
export type Read<T> = (prepared: T) => unknown;

/** The same kind of text in each length, shortest first. */
export type Texts<T> = readonly { readonly length: number; readonly text: T }[];

/** Makes a kind of text in each length. */
export function textsOf<T>(make: (length: number) => T, isLong: boolean): Texts<T> {
  return (isLong ? [...LENGTHS, LONGEST] : LENGTHS).map((length) => ({ length, text: make(length) }));
}

/** The same for texts of which there are many: in CI two lengths have to do. */
export function fewTextsOf<T>(make: (length: number) => T, isLong: boolean): Texts<T> {
  return isLong ? textsOf(make, isLong) : FEW_LENGTHS.map((length) => ({ length, text: make(length) }));
}

/** The shortest of a few runs, each at least `atLeast` ms of calls; in ms a call. */
async function fastest<T>(read: Read<T>, text: T, runs: number, atLeast: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    let calls = 0;
    let elapsed = 0;
    const start = performance.now();
    do {
      await read(text);
      calls += 1;
      elapsed = performance.now() - start;
    } while (elapsed < atLeast);
    best = Math.min(best, elapsed / calls);
  }
  return best;
}

/**
 * Whether reading takes longer for each byte of a long text than for one of a shorter text.
 *
 * @param read - what is measured
 * @param texts - what it reads
 * @param little - what a byte may take at any rate, in ns: engines remember what became of short texts, and collect little
 *   garbage for nothing; but where work is quadratic, a byte of 256 KB takes many times as long as eight of these
 * @returns null where it does not; otherwise the figures
 */
export async function superlinear<T>(read: Read<T>, texts: Texts<T>, little: number): Promise<string | null> {
  let before = Number.POSITIVE_INFINITY;
  for (const { length, text } of texts) {
    const [runs, atLeast] = Number.isFinite(before) ? [1, 0] : [RUNS.base, 0.1];
    let each = (await fastest(read, text, runs, atLeast)) / length;
    const most = MOST * Math.max(before, little / 1e6);
    // A busy machine makes one run slow, a wrong algorithm all of them.
    for (let again = 0; each > most && again < RUNS.again; again++) {
      each = Math.min(each, (await fastest(read, text, 1, 0)) / length);
    }
    if (each > most)
      return `${(each * 1e6).toFixed(0)} ns a byte of ${length >> 10} KB, ${(before * 1e6).toFixed(0)} before`;
    before = each;
  }
  return null;
}
