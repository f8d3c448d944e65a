// stryker-report.ts [REPORT...]: takes what the last runs of Stryker found, keeps it by file in measured.json, and writes
// tools/proof/mutation.md. It fails where a mutant is left that survivors.ts does not explain, or where that explains one which is
// noticed by now. See tools/proof/README.md for the commands.
import { readFile, writeFile } from 'node:fs/promises';
import { pathOf } from './edit.ts';
import { hashesNow, keep, measuredIn, readMeasured } from './measured.ts';
import { judged, mutationPage } from './mutation-page.ts';
import { SURVIVORS } from './survivors.ts';

const before = await readMeasured();
const now = await Promise.all(
  process.argv.slice(2).map(async (path) => measuredIn(JSON.parse(await readFile(path, 'utf8')))),
);
const measured = await keep(Object.assign({}, before, ...now));

const page = mutationPage(measured, await hashesNow(Object.keys(measured)), SURVIVORS);
await writeFile(pathOf('tools/proof/mutation.md'), page);
for (const line of page.split('\n').filter((line) => line.startsWith('| **'))) console.log(line);

const { unexplained, needless } = judged(measured, SURVIVORS);
for (const { file, line, to } of unexplained) console.error(`No reason is given for ${file}: ${line}\n  → ${to}`);
for (const { file, line, to } of needless)
  console.error(`Noticed by now, in part or all: ${file}: ${line}\n  → ${to.join('\n  → ')}`);
process.exitCode = unexplained.length + needless.length > 0 ? 1 : 0;
