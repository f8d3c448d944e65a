import { readFile, writeFile } from 'node:fs/promises';

const FILE = new URL('./corpus.json', import.meta.url);

/** By the name of a reader: texts that each reached something new in it. */
export type Corpus = Readonly<Record<string, readonly string[]>>;

/** What the last long run has kept. */
export async function readCorpus(): Promise<Corpus> {
  return JSON.parse(await readFile(FILE, 'utf8'));
}

/** Keeps it for the next run. */
export async function writeCorpus(corpus: Corpus): Promise<void> {
  await writeFile(FILE, `${JSON.stringify(corpus, null, 2)}\n`);
}
