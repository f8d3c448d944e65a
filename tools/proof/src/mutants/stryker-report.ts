// Turns what Stryker found in core into tools/proof/mutation.md: see tools/proof/README.md for the commands.
import { readFile, writeFile } from 'node:fs/promises';
import { pathOf } from './edit.ts';

interface Found {
  readonly mutatorName: string;
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

const report = JSON.parse(await readFile(pathOf('packages/core/reports/mutation/mutation.json'), 'utf8')) as {
  files: Record<string, { mutants: Found[] }>;
};
const all = Object.values(report.files).flatMap(({ mutants }) => mutants);
const count = (...statuses: string[]) => all.filter(({ status }) => statuses.includes(status)).length;
const killed = count('Killed', 'Timeout');
const left = count('Survived', 'NoCoverage');

const sections = Object.entries(report.files).flatMap(([file, { mutants }]) => {
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  if (survivors.length === 0) return [];
  const lines = survivors.map(({ location: { start }, mutatorName, status, replacement = '' }) => {
    const to = replacement.replaceAll(/\s+/g, ' ').replaceAll('`', "'").slice(0, 60);
    return `- ${start.line}:${start.column} ${mutatorName}${status === 'NoCoverage' ? ', never run' : ''}: \`${to}\``;
  });
  return [`## ${file}: ${survivors.length} of ${mutants.length}`, '', ...lines, ''];
});

const text = `# What Stryker finds in core

Core's own tests alone, without the vectors of the conformance suite, the properties of tools/proof, and hostile.test.ts:
${killed} of ${killed + left} mutants are noticed, ${((100 * killed) / (killed + left)).toFixed(2)} %. The aim is 95 %. The survivors are listed by line and column, as of the
sources that were measured; reasons for them are not written yet.

${sections.join('\n')}`;
await writeFile(pathOf('tools/proof/mutation.md'), text);
