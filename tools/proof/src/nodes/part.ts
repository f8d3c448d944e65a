import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { nodeOf, plainEnvironment, succeed } from '../../../release/src/program.ts';
import { type Edit, edits } from '../mutants/edit.ts';
import type { Part, Result } from '../result.ts';

/** A process in which nothing may come out otherwise. */
interface Node {
  readonly name: string;
  /** The path of the program. @default the one that runs this */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the clock of the process is ahead by, in days. */
  readonly days?: number;
}

const ZONES = ['UTC', 'America/St_Johns', 'Pacific/Kiritimati', 'Europe/Berlin', 'Africa/Monrovia', 'Asia/Kathmandu'];
const LOCALES = [
  'C',
  'en_US.UTF-8',
  'tr_TR.UTF-8',
  'sv_SE.UTF-8',
  'de_DE.UTF-8',
  'lt_LT.UTF-8',
  'es_ES.UTF-8',
  'ar_EG.UTF-8',
];
const DAYS = [-1, 1, 30, 365];

export const ZONED: readonly Node[] = ZONES.map((zone) => ({ name: `TZ ${zone}`, env: { TZ: zone } }));
export const LOCALIZED: readonly Node[] = LOCALES.map((locale) => ({
  name: `locale ${locale}`,
  env: { LANG: locale, LC_ALL: locale },
}));
export const SHIFTED: readonly Node[] = DAYS.map((days) => ({ name: `a clock that is ${days} days ahead`, days }));

/** The versions of Node that the packages are for, as in docs/runtimes.md. */
const VERSIONS = ['22', '24', '26'];

/** The other versions of Node. To find one takes npm some seconds, or a download: do it once, and run it by its path. */
export function versioned(): Promise<Node[]> {
  const others = VERSIONS.filter((version) => version !== process.versions.node.split('.')[0]);
  return Promise.all(others.map(async (version) => ({ name: `Node ${version}`, program: await nodeOf(version) })));
}

const SHIFT = (ms: number) => `
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args) { super(...(args.length > 0 ? args : [RealDate.now() + ${ms}])); }
    static now() { return RealDate.now() + ${ms}; }
  };
`;

/** All that is to be compared, as one file that any Node runs. */
async function bundle(outfile: string, edit?: Edit): Promise<void> {
  await build({
    stdin: {
      contents: `
        import * as core from '@etag/core';
        import { given } from './given.ts';
        console.log((await given(core)).join('\\n'));
      `,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    plugins: edit ? [edits(edit)] : [],
  });
}

/**
 * Runs the same on each node.
 *
 * @param edit - a mistake in core
 */
export async function tryNodes(what: string, nodes: readonly Node[], edit?: Edit): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'etag-proof-'));
  const file = join(folder, 'given.mjs');
  const ask = async ({ program = process.execPath, env, days = 0 }: Node) => {
    const shift =
      days === 0 ? [] : ['--import', `data:text/javascript,${encodeURIComponent(SHIFT(days * 86_400_000))}`];
    return (await succeed(program, [...shift, file], { env: { ...plainEnvironment, ...env } })).trimEnd().split('\n');
  };
  try {
    await bundle(file, edit);
    const here = await ask({ name: 'here' });
    const wrong: string[] = [];
    for (const node of nodes) {
      const there = await ask(node);
      const at = here.findIndex((line, index) => line !== there[index]);
      if (at >= 0) wrong.push(`${node.name}: ${there[at]}, and here ${here[at]}`.slice(0, 500));
      else if (there.length !== here.length) wrong.push(`${node.name}: ${there.length} lines, and here ${here.length}`);
    }
    return { what, cases: here.length * nodes.length, wrong, note: `${nodes.length} processes` };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const nodes: Part = {
  name: 'nodes',
  title: 'The same on every node',
  about:
    'Tags and decisions for a fixed set of contents, JSON values, versions, states and dates, byte for byte the same in processes that differ. The suite of each runtime (Node 22 to 26, Bun, Deno, workerd, browsers) is in [runtimes.md](runtimes.md).',
  run: async () => [
    await tryNodes('in any time zone', ZONED),
    await tryNodes('in any locale', LOCALIZED),
    await tryNodes('by any clock, a year from now or the day before', SHIFTED),
    await tryNodes('on Node 22, 24 and 26', await versioned()),
  ],
};
