// Turns what Stryker found into tools/proof/mutation.md, and fails where a mutant survived that src/mutants/survivors.ts does not
// explain, or explains one that is noticed by now. See tools/proof/README.md for the commands.
import { readFile, writeFile } from 'node:fs/promises';
import { pathOf } from './edit.ts';
import { SURVIVORS } from './survivors.ts';

type Status = 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'Ignored' | 'CompileError' | 'RuntimeError';

interface Mutant {
  readonly status: Status;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number } };
}

interface Measured {
  /** From the root of the workspace. */
  readonly file: string;
  readonly source: string;
  readonly mutants: readonly Mutant[];
}

/** What Stryker remembers of a package, whose files may have been measured one by one. */
async function measured(folder: string): Promise<Measured[]> {
  const text = await readFile(pathOf(`${folder}/reports/stryker-incremental.json`), 'utf8').catch(() => '{"files":{}}');
  const { files } = JSON.parse(text) as { files: Record<string, Omit<Measured, 'file'>> };
  return Object.entries(files).map(([name, found]) => ({ ...found, file: `${folder}/${name}` }));
}

const files = [...(await measured('packages/core')), ...(await measured('packages/concurrency'))];

const count = ({ mutants }: Pick<Measured, 'mutants'>, ...statuses: Status[]) =>
  mutants.filter(({ status }) => statuses.includes(status)).length;
const percent = (part: number, whole: number) => (whole === 0 ? '' : ((100 * part) / whole).toFixed(1));

function row(name: string, found: Pick<Measured, 'mutants'>): string {
  const [noticed, left, ignored] = [
    count(found, 'Killed', 'Timeout'),
    count(found, 'Survived', 'NoCoverage'),
    count(found, 'Ignored'),
  ];
  return `| ${name} | ${noticed + left} | ${noticed} | ${left} | ${percent(noticed, noticed + left)} | ${ignored} |`;
}

/** A mutant as the list names it: the line that it changes, and what stands there then. */
function nameOf({ source }: Measured, { location, replacement = '' }: Mutant): { line: string; to: string } {
  const line = source.split('\n')[location.start.line - 1] ?? '';
  return { line: line.trim(), to: replacement.replaceAll(/\s+/g, ' ') };
}

const left = files.flatMap((found) =>
  found.mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map((mutant) => ({ file: found.file, ...nameOf(found, mutant) })),
);
const explains = (mutant: (typeof left)[number], { file, line, to }: (typeof SURVIVORS)[number]) =>
  mutant.file.endsWith(`/${file}`) && mutant.line === line && to.includes(mutant.to);
const unexplained = left.filter((mutant) => !SURVIVORS.some((survivor) => explains(mutant, survivor)));
const noticed = SURVIVORS.filter(
  (survivor) =>
    files.some(({ file }) => file.endsWith(`/${survivor.file}`)) &&
    !survivor.to.every((to) => left.some((mutant) => explains(mutant, { ...survivor, to: [to] }))),
);

const code = (text: string) => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
const sections = SURVIVORS.map(
  ({ file, line, to, reason }) => `- ${file}, ${code(line)}\n  → ${to.map(code).join(', ')}\n  ${reason}`,
);

await writeFile(
  pathOf('tools/proof/mutation.md'),
  `# What Stryker finds

Stryker makes one mistake at a time in a source file, and runs the tests of its package. Here they are the tests beside the
sources alone, without the vectors of the conformance suite, the properties of tools/proof, hostile.test.ts and the adapters. The
aim is 95 %. [README.md](README.md) has the commands; \`stryker-report.ts\` writes this page, and fails where a mutant survives
without a reason in \`survivors.ts\`.

"Not tried" are mistakes in constants, which are made while a module loads: each would take a run of all tests.

| file | mutants | noticed | left | % | not tried |
| --- | --- | --- | --- | --- | --- |
${files
  .map((found) => row(found.file.replace(/^packages\//, '').replace('/src/', '/'), found))
  .sort()
  .join('\n')}
${row('all', { mutants: files.flatMap(({ mutants }) => mutants) })}

## What is left, and why

${sections.join('\n')}
`,
);

for (const { file, line, to } of unexplained) console.error(`No reason is given for ${file}: ${line}\n  → ${to}`);
for (const { file, line, to } of noticed)
  console.error(`Noticed by now, in part or all: ${file}: ${line}\n  → ${to.join('\n  → ')}`);
console.log(row('all', { mutants: files.flatMap(({ mutants }) => mutants) }));
process.exitCode = unexplained.length + noticed.length > 0 ? 1 : 0;
