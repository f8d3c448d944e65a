import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compare } from './comparison.ts';
import { draw, wrongs } from './report.ts';

const isShort = process.argv.includes('--short');
const comparison = await compare(isShort ? 10 : 60);
const { withValidators, without, stats } = comparison;

const number = (value: number) => value.toLocaleString('en-US');
const bytes = (sent: readonly number[]) => `${number(sent.at(-1) ?? 0)} bytes`;
console.log(`requests                            ${number(stats.requests)}`);
console.log(`304 ratio                           ${stats.ratio.toFixed(3)}`);
console.log(`content saved, as the client counts ${number(stats.savedBytes)} bytes`);
console.log(`               as the server counts ${number(withValidators.count.savedBytes)} bytes`);
console.log(`sent in all, with validators        ${bytes(withValidators.sent)}`);
console.log(`             without                ${bytes(without.sent)}`);
// The plot of a short run would show nothing.
if (!isShort) {
  const file = fileURLToPath(new URL('../bytes.svg', import.meta.url));
  writeFileSync(file, draw(comparison));
  console.log(`drawn in ${file}`);
}
for (const wrong of wrongs(comparison)) {
  console.error(wrong);
  process.exitCode = 1;
}
