import type { AllMeasured, Left, Measured } from './measured.ts';
import type { Survivor } from './survivors.ts';

/** Mutants that were left without a reason, and reasons for mutants that are noticed. */
export interface Judged {
  readonly unexplained: readonly (Left & { readonly file: string })[];
  readonly needless: readonly Survivor[];
}

const isOf = (file: string, survivor: Survivor) => file === `packages/${survivor.file}`;

/** Compares what was left with the reasons that there are. */
export function judged(measured: AllMeasured, survivors: readonly Survivor[]): Judged {
  const left = Object.entries(measured).flatMap(([file, { left }]) => left.map((mutant) => ({ file, ...mutant })));
  const explains = (survivor: Survivor, { file, line, to }: (typeof left)[number]) =>
    isOf(file, survivor) && survivor.line === line && survivor.to.includes(to);
  const isNeeded = (survivor: Survivor) =>
    survivor.to.every((to) => left.some((mutant) => explains({ ...survivor, to: [to] }, mutant)));
  return {
    unexplained: left.filter((mutant) => !survivors.some((survivor) => explains(survivor, mutant))),
    needless: survivors.filter(
      (survivor) => Object.keys(measured).some((file) => isOf(file, survivor)) && !isNeeded(survivor),
    ),
  };
}

const PACKAGES = { core: 'packages/core/', 'the write half outside core': 'packages/concurrency/' };

/**
 * The page mutation.md.
 *
 * @param measured - what Stryker found, by file
 * @param hashes - of the sources as they are now
 */
export function mutationPage(
  measured: AllMeasured,
  hashes: Readonly<Record<string, string | null>>,
  survivors: readonly Survivor[],
): string {
  const files = Object.entries(measured).filter(([file]) => hashes[file] !== null);
  const isStale = (file: string) => hashes[file] !== measured[file]?.hash;
  const rows = files.map(([file, found]) => row(nameOf(file), [found], isStale(file) ? 'changed since' : ''));
  const totals = Object.entries(PACKAGES).map(([name, folder]) =>
    row(
      `**${name}**`,
      files.filter(([file]) => file.startsWith(folder)).map(([, found]) => found),
    ),
  );
  return `# What Stryker finds

Written by \`stryker-report.ts\`; do not edit it by hand. [README.md](README.md) has the commands.

Stryker makes one mistake at a time in a source file, and runs the tests beside the sources, without the vectors of the conformance
suite, the properties of tools/proof, hostile.test.ts and the adapters. The aim is that 95 % are noticed. What is left has a reason in
\`survivors.ts\`. "Not tried" are mistakes in constants, which are made while a module loads: each would take a run of all tests. They
count as neither. A file that was "changed since" was not tried again as it is now.

| file | mutants | noticed | left | % noticed | not tried | |
| --- | --- | --- | --- | --- | --- | --- |
${[
  ...rows,
  ...totals,
  row(
    '**all**',
    files.map(([, found]) => found),
  ),
].join('\n')}

## What is left, and why

${survivors.map(reasonOf).join('\n')}
`;
}

const nameOf = (file: string) => file.replace(/^packages\//, '').replace('/src/', '/');

function row(name: string, of: readonly Measured[], note = ''): string {
  const sum = (count: (found: Measured) => number) => of.reduce((total, found) => total + count(found), 0);
  const [noticed, left, notTried] = [sum((it) => it.noticed), sum((it) => it.left.length), sum((it) => it.notTried)];
  const percent = noticed + left === 0 ? '' : ((100 * noticed) / (noticed + left)).toFixed(1);
  return `| ${name} | ${noticed + left} | ${noticed} | ${left} | ${percent} | ${notTried} | ${note} |`;
}

const code = (text: string) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

function reasonOf({ file, line, to, reason }: Survivor): string {
  return `- ${file}, ${code(line)}\n  → ${to.map((text) => (text === '' ? 'nothing' : code(text))).join(', ')}\n  ${reason}`;
}
