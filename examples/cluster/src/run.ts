import { startPostgres } from 'servers';
import { type Costs, demonstrate, FULL, SHORT } from './demonstration.ts';
import { ratioOf } from './load/revalidation.ts';
import { number, View } from './view.ts';

const amount = process.argv.includes('--short') ? SHORT : FULL;
const postgres = await startPostgres();
const view = new View();
try {
  print(await demonstrate(postgres.url, amount, view));
} finally {
  await postgres.stop();
}
for (const name of view.failed) console.log(`did not hold: ${name}`);
process.exitCode = view.failed.length > 0 ? 1 : 0;

/** What the same readers cost. */
function print({ shared, process }: Costs): void {
  const row = (...cells: string[]) => console.log(`${(cells.shift() ?? '').padEnd(28)}${cells.map(right).join('')}`);
  const right = (cell: string) => cell.padStart(18);
  row('', 'shared tags', 'tags per process');
  for (const kind of ['notes', 'pages'] as const) {
    const both = [shared[kind], process[kind]];
    row(`${kind}: 304 ratio`, ...both.map((ratio) => ratioOf(ratio).toFixed(3)));
    row(`${kind}: bytes of content sent`, ...both.map(({ bytes }) => number(bytes)));
    row(`${kind}: bytes without any tag`, ...both.map(({ full }) => number(full)));
  }
}
