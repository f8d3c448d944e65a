import * as core from '@etag/core';
import { readCorpus } from '../fuzz/corpus.ts';
import type { Core } from '../properties/properties.ts';
import type { Part, Result } from '../result.ts';
import { fewTextsOf, type Read, superlinear, type Texts, textsOf } from './ratio.ts';
import { changesOf, jsonReadersOf, OTHERS, readersOf } from './readers.ts';
import { grown, JSONS, TEXTS } from './shapes.ts';

type Shapes<T> = Readonly<Record<string, (length: number) => T>>;

/**
 * What a byte may take at any rate, in ns. Two bytes of JSON may be a whole object. A text that was kept may be malformed, and
 * so be read at once, in one length, and in another be a list of tags with an error of decodeURIComponent each.
 */
const LITTLE = { text: 200, kept: 1000, json: 2000 };

/** Measures each reader on each shape. */
async function measured<T>(
  what: string,
  readers: Readonly<Record<string, Read<T>>>,
  shapes: Shapes<T>,
  little: number,
  isLong: boolean,
): Promise<Result> {
  const wrong: string[] = [];
  let cases = 0;
  for (const [shape, make] of Object.entries(shapes)) {
    const texts = textsOf(make, isLong);
    for (const [name, read] of Object.entries(readers)) {
      cases += 1;
      const found = await complaint(read, texts, little);
      if (found) wrong.push(`${name}, ${shape}: ${found}`);
    }
  }
  return { what, cases, wrong };
}

/** What is wrong with a reader of some texts; null where nothing is. */
async function complaint<T>(read: Read<T>, texts: Texts<T>, little: number): Promise<string | null> {
  try {
    return await superlinear(read, texts, little);
  } catch (error) {
    return `${error}`;
  }
}

/** Measures the readers of core, or of another build of it. */
export function measureCore(core: Core, shapes: Shapes<string>, isLong: boolean): Promise<Result> {
  return measured('every reader of core', readersOf(core), shapes, LITTLE.text, isLong);
}

/** Measures each reader on the texts by which the search of the part `fuzz` reached further, each of them grown. */
export async function measureCorpus(
  core: Core,
  corpus: Readonly<Record<string, readonly string[]>>,
  isLong: boolean,
): Promise<Result> {
  const readers: Readonly<Record<string, Read<string>>> = { ...readersOf(core), ...OTHERS };
  const wrong: string[] = [];
  let cases = 0;
  for (const [name, texts] of Object.entries(corpus)) {
    const read = readers[name];
    if (!read) throw new Error(`The corpus has texts for ${name}, which is not a reader`);
    for (const text of texts) {
      for (const [way, make] of Object.entries(text === '' ? {} : grown(text))) {
        cases += 1;
        const found = await complaint(read, fewTextsOf(make, isLong), LITTLE.kept);
        if (found) wrong.push(`${name}, ${JSON.stringify(text)} ${way}: ${found}`);
      }
    }
  }
  return { what: 'every reader, on what the search for inputs that reach further has kept', cases, wrong };
}

export const linear: Part = {
  name: 'linear',
  title: 'Linear time',
  about:
    'Each reader of what a peer sends, on hostile texts of 1 KB up to 1 MB (256 KB in CI), and on the texts that the part before has kept, grown to 1 MB (64 KB in CI): a byte may take at most eight times as long as one of a text that is a sixteenth as long. Where work is quadratic, it takes sixteen times as long, with each step. One case is a reader with one shape of text.',
  async run(isLong) {
    const changes = Object.fromEntries(
      Object.entries(JSONS).map(([shape, make]) => [shape, (length: number) => changesOf(make(length))]),
    );
    return [
      await measureCore(core, TEXTS, isLong),
      await measured('what the client, the stores and the wire read', OTHERS, TEXTS, LITTLE.text, isLong),
      await measureCorpus(core, await readCorpus(), isLong),
      await measured('JSON, broad and deep: merges, patches, tags', jsonReadersOf(core), changes, LITTLE.json, isLong),
    ];
  },
};
