import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Effort } from './measure.ts';
import { type Ratio, verdict } from './ratio.ts';

export interface Section {
  title: string;
  ratios: Ratio[];
}

const COLUMNS = ['work', 'measured', 'against', 'ratio', 'quartiles', 'target', ''];

/** Three digits at most say all that a ratio measured in this way is good for. */
function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function cells(ratio: Ratio): string[] {
  const { work, contender, peer, median, lowerQuartile, upperQuartile, target } = ratio;
  return [
    work,
    contender,
    peer,
    `${digits(median)} ×`,
    `${digits(lowerQuartile)} – ${digits(upperQuartile)}`,
    target === null ? '' : `${target} ×`,
    verdict(ratio).replace('gross', 'short'),
  ];
}

/** The ratios in columns, for a terminal. */
export function table(ratios: readonly Ratio[]): string {
  const rows = [COLUMNS, ...ratios.map(cells)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function markdownTable(ratios: readonly Ratio[]): string {
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  return [line(COLUMNS), line(COLUMNS.map(() => '---')), ...ratios.map((ratio) => line(cells(ratio)))].join('\n');
}

function version(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The page of the documentation that shows the ratios. */
export function markdown(sections: readonly Section[], { processes, rounds, turn }: Effort): string {
  const peers = ['etag', 'fresh', 'hono', 'xxhash-wasm'].map((name) => `${name} ${version(name)}`).join(', ');
  const tables = sections.map(({ title, ratios }) => `## ${title}\n\n${markdownTable(ratios)}`).join('\n\n');
  return `# Performance

Speed is shown as the ratio of two things measured in one run: how many pieces of work the one does while the other does
one. Above 1 it is faster than what it is held against. No time in nanoseconds is promised: that depends on the machine
more than on the library.

Measured with Node ${process.versions.node} on ${availableParallelism()} cores, against ${peers}.
Written by \`pnpm bench --full\` in [\`bench/\`](../bench/README.md); do not edit it by hand.

${tables}

## How to read it

- **ratio** is the median of ${processes * rounds} rounds, **quartiles** are those of the rounds. In every round each
  subject has two turns of about ${turn} ms, in the order A B C C B A, so that what slows the machine down slows all of
  them down.
- **target** is what we hold ourselves to; **short** says that it was missed. A ratio without a target is for orientation.
  The targets for equal dates and for formatting hold for a value that comes again, not for values in turn.
- The rounds of a row come from ${processes} processes in which nothing else has run, after a warm-up of all subjects. In one
  process for all rows, the compiled code of a row depends on the rows before it: the same code then differs by half. An
  application that sees requests of many kinds is slower, on both sides.
- Before it is timed, each subject must give the right answer: the same verdict, a tag that tells contents apart, a 304.
- **values in turn**: 16 different inputs, one after the other. **The same value again**: one value, in 16 strings. The
  library remembers the last date it read and the last it wrote, which is what these rows show: a client that
  revalidates one resource sends one date, and the responses of one second share theirs.
- Tags to evaluate are 33 characters long, as npm etag makes them, and the header fields are those of a browser in
  Node's record. \`fresh\` gets the modification time as the header field it takes, \`@etag/core\` as the number it takes.
- The default digest of \`@etag/core\` is SHA-256, npm etag's is SHA-1: the longer the content, the more the digests
  alone are compared. xxhash-wasm is fast, not safe against chosen collisions.
- In the Hono rows a request goes to \`app.fetch\` and the body is read, as a server does to send it; making the request
  is the server's part and not measured. "No tags" is the app without any middleware. The 304 of \`etag()\` still renders
  the note; the 304 of \`etag({ current })\` does not.
`;
}
