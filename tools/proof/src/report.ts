import type { Part, Result } from './result.ts';

/** A part, with what it found. */
export interface Done {
  readonly part: Part;
  readonly results: readonly Result[];
  readonly seconds: number;
}

const thousands = (count: number) => count.toLocaleString('en');
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/**
 * The page that is kept.
 *
 * @param parts - all of them, in the order of the page
 * @param done - those that were tried now
 * @param before - the page as it was, which has the others
 */
export function report(parts: readonly Part[], done: readonly Done[], before: string, node: string): string {
  const sections = parts.map((part) => {
    const now = done.find((one) => one.part === part);
    return now ? sectionOf(now) : sectionIn(before, part);
  });
  const [cases, faults, lost, wrong] = totalsOf(sections.join('\n'));
  return `# What is tried every day

Written by \`pnpm proof\`; do not edit it by hand. \`pnpm proof --check\` tries the same for a shorter time, as CI does, and
fails where anything is wrong, lost, or missing from this page. Each part finds a fault that is put in on purpose: see its test
in [tools/proof](../tools/proof). What the stores are put through on real engines is in [engines.md](engines.md).

Node ${node}. In total ${cases} cases, ${faults} injected faults, ${lost} lost, ${wrong} wrong.

${sections.join('\n\n')}
`;
}

/** The section that a page has of a part. */
function sectionIn(page: string, { name, title }: Part): string {
  const [, section] = page.split(`\n## ${title}\n`);
  if (section === undefined) throw new Error(`docs/reliability.md has nothing of ${name} yet: run pnpm proof ${name}`);
  return `## ${title}\n${section.split('\n## ')[0]}`.trimEnd();
}

/** The sums of the columns that count. */
function totalsOf(sections: string): string[] {
  const rows = sections.split('\n').filter((line) => /^\| .*\d \|/.test(line));
  return [-5, -4, -3, -2].map((column) =>
    thousands(
      rows.reduce(
        (sum, line) =>
          sum +
          Number(
            line
              .split(' |')
              .at(column - 1)
              ?.replace(/[ ,]/g, ''),
          ),
        0,
      ),
    ),
  );
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

/** What is wrong, a line each: all that was found, and what the page does not say, or says otherwise. */
export function objections(done: readonly Done[], page: string): string[] {
  return done.flatMap(({ part, results }) => [
    ...(results.some(({ cases }) => cases > 0) ? [] : [`${part.name}: nothing was tried`]),
    ...(page.includes(`\n${part.about}\n`)
      ? []
      : [`docs/reliability.md says otherwise what ${part.name} does: run pnpm proof ${part.name}`]),
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
