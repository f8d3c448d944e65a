import type { Part, Result } from '../result.ts';
import { type Corpus, readCorpus, writeCorpus } from './corpus.ts';
import { type Instrumented, instrumented } from './coverage.ts';
import { type Found, search } from './search.ts';

/** How long each reader is searched, in ms. */
const TIME = { short: 600, long: 20_000 };
/** What an input of the corpus may have at most: it is to be read. */
const LONGEST_KEPT = 400;

/** Searches all readers, each for a time in ms. */
export async function searchAll(sources: Instrumented, known: Corpus, time: number): Promise<Record<string, Found>> {
  const found: Record<string, Found> = {};
  for (const name of Object.keys(sources.targets)) {
    const until = performance.now() + time;
    const isOver = (tried: number) => tried % 64 === 0 && performance.now() > until;
    found[name] = await search(name, sources, known[name] ?? [], isOver, Date.now());
  }
  return found;
}

const ROWS: Readonly<Record<string, (name: string) => boolean>> = {
  'readers of core, each with its law': (name) => !/^(?:client|concurrency|wire): /.test(name),
  'readers of the client, the stores and the wire': (name) => /^(?:client|concurrency|wire): /.test(name),
};

export const fuzz: Part = {
  name: 'fuzz',
  title: 'Inputs that reach further',
  about:
    'Each reader of what a peer sends, for 20 s (0.6 s in CI): texts are changed at random, those that reach a part of the code or run it more often than any before are kept, and the search goes on from these. No reader may throw, what was read is written and read again as the same, ranges lie inside of the whole. What was kept is in `tools/proof/src/fuzz/corpus.json`, where the next run begins. One case is one text.',
  async run(isLong) {
    const time = isLong ? TIME.long : TIME.short;
    const sources = await instrumented();
    const found = await searchAll(sources, await readCorpus(), time);
    if (isLong) {
      const kept = Object.entries(found).map(([name, { corpus }]) => [
        name,
        corpus.filter((text) => text.length <= LONGEST_KEPT),
      ]);
      await writeCorpus(Object.fromEntries(kept));
    }
    return Object.entries(ROWS).map(([what, isIn]): Result => {
      const of = Object.entries(found).filter(([name]) => isIn(name));
      return {
        what,
        cases: of.reduce((sum, [, { tried }]) => sum + tried, 0),
        wrong: of.flatMap(([, { wrong }]) => wrong ?? []),
        note: `${of.length} readers, ${time / 1000} s each`,
      };
    });
  },
};
