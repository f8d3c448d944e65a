import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { pathOf } from './edit.ts';

const FILE = new URL('./measured.json', import.meta.url);

/** A mutant that no test noticed: the line that it changes, and what stands there then. */
export interface Left {
  readonly line: string;
  readonly to: string;
}

/** What Stryker found in a source file. */
export interface Measured {
  /** Names the source that it was found in. */
  readonly hash: string;
  readonly noticed: number;
  /** Mistakes in what runs while a module loads. */
  readonly notTried: number;
  readonly left: readonly Left[];
}

/** By the path of the source from the root of the workspace. */
export type AllMeasured = Readonly<Record<string, Measured>>;

interface Mutant {
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'Ignored' | 'CompileError' | 'RuntimeError';
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number } };
}

/** What the reporter `json` of Stryker writes, as far as it is read. */
export interface StrykerReport {
  readonly projectRoot: string;
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

/** Names a source. */
export function hashOf(source: string): string {
  return createHash('sha256').update(source).digest('hex').slice(0, 16);
}

/** What a run of Stryker found, by file. */
export function measuredIn({ projectRoot, files }: StrykerReport): AllMeasured {
  const folder = projectRoot.split(/[\\/]/).slice(-2).join('/');
  return Object.fromEntries(
    Object.entries(files).map(([name, { source, mutants }]): [string, Measured] => {
      const of = (...statuses: Mutant['status'][]) => mutants.filter(({ status }) => statuses.includes(status));
      const lines = source.split('\n');
      const left = of('Survived', 'NoCoverage').map(({ location, replacement = '' }) => ({
        line: (lines[location.start.line - 1] ?? '').trim(),
        to: replacement.replaceAll(/\s+/g, ' '),
      }));
      const noticed = of('Killed', 'Timeout').length;
      return [`${folder}/${name}`, { hash: hashOf(source), noticed, notTried: of('Ignored').length, left }];
    }),
  );
}

/** What was found so far. */
export async function readMeasured(): Promise<AllMeasured> {
  return JSON.parse(await readFile(FILE, 'utf8'));
}

/** Keeps it, in the order of the files. */
export async function keep(all: AllMeasured): Promise<AllMeasured> {
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(FILE, `${JSON.stringify(sorted, null, 2)}\n`);
  return sorted;
}

/** Names the sources as they are now; null for one that is gone. */
export async function hashesNow(files: readonly string[]): Promise<Readonly<Record<string, string | null>>> {
  const hashed = files.map(async (file) => {
    const source = await readFile(pathOf(file), 'utf8').catch(() => null);
    return [file, source === null ? null : hashOf(source)] as const;
  });
  return Object.fromEntries(await Promise.all(hashed));
}
