import type { Instrumented } from './coverage.ts';
import type { Target } from './entry.ts';
import { Dice, mutated } from './mutate.ts';

/** Where every search begins: one text of each kind that readers know. */
export const SEEDS: readonly string[] = [
  '',
  '"v7"',
  'W/"v7-gzip", "a,b"',
  'Sun, 06 Nov 1994 08:49:37 GMT',
  'bytes=0-1, -5',
  'max-age=60, private="a"',
  'gzip;q=0.5, *',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
];

/** What a search found. */
export interface Found {
  readonly tried: number;
  /** Inputs that each reached something new, in their order. */
  readonly corpus: readonly string[];
  /** The first input for which a law does not hold, and why. */
  readonly wrong: string | null;
}

/**
 * Changes inputs, keeps those that reach what none before them reached, and goes on from these.
 *
 * @param known - inputs to begin with
 * @param isOver - whether to stop, by the number of inputs that were tried
 * @param isGuided - whether what reaches something new is kept; otherwise it is looked for at random
 */
export async function search(
  name: string,
  { targets, words, coverage }: Instrumented,
  known: readonly string[],
  isOver: (tried: number) => boolean,
  seed: number,
  isGuided = true,
): Promise<Found> {
  const target = targets[name] as Target;
  const dice = new Dice(seed);
  const corpus: string[] = [];
  let tried = 0;
  coverage.take();
  coverage.forget();

  const attempt = async (text: string): Promise<string | null> => {
    tried += 1;
    try {
      const given = target(text);
      if (given instanceof Promise) await given;
    } catch (error) {
      return `${name}, of ${JSON.stringify(text)}: ${error}`;
    }
    if (coverage.take()) corpus.push(text);
    return null;
  };

  for (const text of [...SEEDS, ...known]) {
    const wrong = await attempt(text);
    if (wrong) return { tried, corpus, wrong };
  }
  const start = [...corpus];
  while (!isOver(tried)) {
    const from = isGuided ? corpus : start;
    // What came last is what nobody has looked around yet.
    const text = dice.roll(2) ? dice.of(from) : (from[from.length - 1 - dice.roll(Math.min(8, from.length))] as string);
    const wrong = await attempt(mutated(text, dice, words, dice.of(from)));
    if (wrong) return { tried, corpus, wrong };
    // Timers and sockets of other parts are not kept waiting.
    if (tried % 5000 === 0) await new Promise(setImmediate);
  }
  return { tried, corpus, wrong: null };
}
