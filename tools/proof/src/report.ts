import type { Part, Result } from './result.ts';

/** A part, with what it found. */
export interface Done {
  readonly part: Part;
  readonly results: readonly Result[];
  readonly seconds: number;
}

const thousands = (count: number) => count.toLocaleString('en');
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** The page that is kept. */
export function report(done: readonly Done[], node: string): string {
  return `# What is tried every day

Written by \`pnpm proof\`; do not edit it by hand. \`pnpm proof --check\` tries the same for a shorter time, as CI does, and
fails where anything is wrong, lost, or missing from this page. Each part finds a fault that is put in on purpose: see its test
in [tools/proof](../tools/proof). What the stores are put through on real engines is in [engines.md](engines.md).

Node ${node}. In total ${thousands(sum(done, ({ cases }) => cases))} cases, ${thousands(sum(done, ({ faults }) => faults ?? 0))} injected faults, ${thousands(sum(done, ({ lost }) => lost ?? 0))} lost, ${thousands(sum(done, ({ wrong }) => wrong.length))} wrong.

${done.map(sectionOf).join('\n\n')}
`;
}

function sum(done: readonly Done[], of: (result: Result) => number): number {
  return done.flatMap(({ results }) => results).reduce((total, result) => total + of(result), 0);
}

function sectionOf({ part, results }: Done): string {
  const head = ['what', 'cases tried', 'faults injected', 'lost', 'wrong', ''];
  return [
    `## ${part.title}`,
    '',
    part.about,
    '',
    ...[
      head,
      head.map(() => '---'),
      ...results.map(({ what, cases, faults = 0, lost = 0, wrong, note = '' }) => [
        what.replaceAll('|', '\\|'),
        thousands(cases),
        thousands(faults),
        thousands(lost),
        thousands(wrong.length),
        note,
      ]),
    ].map(row),
  ].join('\n');
}

/** What is wrong, a line each: all that was found, and rows that the page does not have. */
export function objections(done: readonly Done[], page: string): string[] {
  return done.flatMap(({ part, results }) => [
    ...(results.some(({ cases }) => cases > 0) ? [] : [`${part.name}: nothing was tried`]),
    ...results.flatMap(({ what, cases, lost = 0, wrong }) => [
      ...wrong.map((line) => `${part.name}: ${line}`),
      ...(lost > 0 ? [`${part.name}: ${what}: ${lost} lost`] : []),
      ...(cases > 0 ? [] : [`${part.name}: ${what}: nothing was tried`]),
      ...(page.includes(`\n| ${what.replaceAll('|', '\\|')} |`)
        ? []
        : [`docs/reliability.md has no row "${what}": run pnpm proof`]),
    ]),
  ]);
}
