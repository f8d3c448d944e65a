import * as core from '@etag/core';
import type { Core } from '../properties/properties.ts';
import type { Part, Result } from '../result.ts';
import { type Read, superlinear, textsOf } from './ratio.ts';
import { changesOf, jsonReadersOf, OTHERS, readersOf } from './readers.ts';
import { JSONS, TEXTS } from './shapes.ts';

type Shapes<T> = Readonly<Record<string, (length: number) => T>>;

/** What a byte may take at any rate, in ns. Two bytes of JSON may be a whole object. */
const LITTLE = { text: 200, json: 2000 };

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
      try {
        const found = await superlinear(read, texts, little);
        if (found) wrong.push(`${name}, ${shape}: ${found}`);
      } catch (error) {
        wrong.push(`${name}, ${shape}: ${error}`);
      }
    }
  }
  return { what, cases, wrong };
}

/** Measures the readers of core, or of another build of it. */
export function measureCore(core: Core, shapes: Shapes<string>, isLong: boolean): Promise<Result> {
  return measured('every reader of core', readersOf(core), shapes, LITTLE.text, isLong);
}

export const linear: Part = {
  name: 'linear',
  title: 'Linear time',
  about:
    'Each reader of what a peer sends, on hostile texts of 1 KB up to 1 MB (256 KB in CI): a byte may take at most eight times as long as one of a text that is a sixteenth as long. Where work is quadratic, it takes sixteen times as long, with each step. One case is a reader with one shape of text.',
  async run(isLong) {
    const changes = Object.fromEntries(
      Object.entries(JSONS).map(([shape, make]) => [shape, (length: number) => changesOf(make(length))]),
    );
    return [
      await measureCore(core, TEXTS, isLong),
      await measured('what the client and the stores read', OTHERS, TEXTS, LITTLE.text, isLong),
      await measured('JSON, broad and deep: merges, patches, tags', jsonReadersOf(core), changes, LITTLE.json, isLong),
    ];
  },
};
