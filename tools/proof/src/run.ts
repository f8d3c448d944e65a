// pnpm proof [--check] [PART...]
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parts } from './parts.ts';
import { type Done, objections, report } from './report.ts';

const PAGE = new URL('../../../docs/reliability.md', import.meta.url);

const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
const chosen = parts.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const done: Done[] = [];
for (const part of chosen) {
  const started = performance.now();
  const results = await part.run(!values.check);
  const seconds = (performance.now() - started) / 1000;
  done.push({ part, results, seconds });
  const cases = results.reduce((sum, result) => sum + result.cases, 0);
  const wrong = results.reduce((sum, result) => sum + result.wrong.length + (result.lost ?? 0), 0);
  console.log(`${part.name}: ${cases.toLocaleString('en')} cases, ${wrong} wrong or lost, ${seconds.toFixed(1)} s`);
}
const before = await readFile(PAGE, 'utf8');
const page = values.check ? before : report(parts, done, before, process.versions.node);
if (!values.check) await writeFile(PAGE, page);
const found = objections(done, page);
for (const objection of found.slice(0, 100)) console.error(objection);
process.exitCode = found.length > 0 || chosen.length === 0 ? 1 : 0;
