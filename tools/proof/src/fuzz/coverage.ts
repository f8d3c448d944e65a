import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { createInstrumenter } from 'istanbul-lib-instrument';
import { type Edit, edits } from '../mutants/edit.ts';
import type { Target } from './entry.ts';

/** How often statements and branches ran, by their number. */
interface Counters {
  readonly s: Record<string, number>;
  readonly b: Record<string, number[]>;
}

/** The sources with counters in them. */
export interface Instrumented {
  readonly targets: Readonly<Record<string, Target>>;
  /** Text that stands in the sources: what a reader compares with. */
  readonly words: readonly string[];
  readonly coverage: Coverage;
}

/** Builds the readers with counters, and with a mistake, if there is one. */
export async function instrumented(edit?: Edit): Promise<Instrumented> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'entry.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    plugins: edit ? [edits(edit)] : [],
  });
  const text = outputFiles[0]?.text ?? '';
  const variable = `__proof_${Date.now()}_${Math.random()}__`;
  const instrumenter = createInstrumenter({ esModules: true, coverageVariable: variable });
  const folder = await mkdtemp(join(tmpdir(), 'etag-proof-'));
  try {
    const file = join(folder, 'readers.mjs');
    await writeFile(file, instrumenter.instrumentSync(text, 'readers.mjs'));
    const { targets } = (await import(pathToFileURL(file).href)) as Pick<Instrumented, 'targets'>;
    const counters = Object.values((globalThis as Record<string, unknown>)[variable] as object)[0] as Counters;
    return { targets, words: wordsOf(text), coverage: new Coverage(counters) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Short texts in quotes, and in patterns. */
function wordsOf(source: string): string[] {
  const quoted = [...source.matchAll(/"([^"\\\n]{1,12})"|'([^'\\\n]{1,12})'/g)].map(([, a, b]) => a ?? b ?? '');
  const patterns = [...source.matchAll(/\(\?:([A-Za-z|]+)\)/g)].flatMap(([, words = '']) => words.split('|'));
  return [...new Set([...quoted, ...patterns])].filter(Boolean);
}

/** What the inputs so far have reached. */
export class Coverage {
  readonly #statements: Record<string, number>;
  readonly #branches: readonly number[][];
  readonly #count: number;
  /** By statement and branch: how often, each power of two being a place of its own. */
  readonly #seen = new Set<number>();

  constructor({ s, b }: Counters) {
    this.#statements = s;
    this.#count = Object.keys(s).length;
    this.#branches = Object.values(b);
  }

  forget(): void {
    this.#seen.clear();
  }

  get size(): number {
    return this.#seen.size;
  }

  /** Takes what ran since the last time; whether any of it is new. */
  take(): boolean {
    const before = this.#seen.size;
    for (let id = 0; id < this.#count; id++) {
      const times = this.#statements[id] as number;
      if (times === 0) continue;
      this.#note(id, times);
      this.#statements[id] = 0;
    }
    for (const [index, ways] of this.#branches.entries()) {
      for (const [way, times] of ways.entries()) {
        if (times === 0) continue;
        this.#note(this.#count + index * 64 + way, times);
        ways[way] = 0;
      }
    }
    return this.#seen.size > before;
  }

  #note(id: number, times: number): void {
    this.#seen.add(id * 32 + Math.min(31, 31 - Math.clz32(times)));
  }
}
