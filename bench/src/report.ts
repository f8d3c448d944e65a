import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Effort, NOT_SLOWER } from './measure.ts';
import { type Ratio, verdict } from './ratio.ts';
import type { Kind } from './subjects/index.ts';

export interface Section {
  title: string;
  kind: Kind;
  ratios: Ratio[];
}

/** Three digits at most say all that a ratio measured in this way is good for. */
function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

interface Column {
  name: string;
  cell: (ratio: Ratio) => string;
}

const REQUESTS_PER_SECOND: Column = { name: 'req/s', cell: ({ medianByClock }) => `${digits(medianByClock)} ×` };
const ALLOCATED: Column = {
  name: 'KB allocated',
  cell: ({ allocated }) => allocated?.map((bytes) => (bytes / 1024).toFixed(1)).join(' / ') ?? '',
};

/** The columns of a table. */
function columns({ kind, ratios }: Section): Column[] {
  return [
    { name: 'work', cell: ({ work }) => work },
    { name: 'measured', cell: ({ measured }) => measured },
    { name: 'against', cell: ({ against }) => against },
    { name: 'ratio', cell: ({ median }) => `${digits(median)} ×` },
    {
      name: 'quartiles',
      cell: ({ lowerQuartile, upperQuartile }) => `${digits(lowerQuartile)} – ${digits(upperQuartile)}`,
    },
    ...(kind === 'socket' ? [REQUESTS_PER_SECOND] : []),
    ...(ratios.some(({ allocated }) => allocated) ? [ALLOCATED] : []),
    { name: 'target', cell: ({ target }) => (target === undefined ? '' : `${target} ×`) },
    { name: '', cell: (ratio) => verdict(ratio).replace('gross', 'short') },
  ];
}

/** The names of the columns, then the cells of each row. */
function lines(section: Section): string[][] {
  const shown = columns(section);
  return [shown.map(({ name }) => name), ...section.ratios.map((ratio) => shown.map(({ cell }) => cell(ratio)))];
}

/** The ratios in columns, for a terminal. */
export function table(section: Section): string {
  const rows = lines(section);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const padded = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return padded.map((row) => row.trimEnd()).join('\n');
}

function markdownTable(section: Section): string {
  const [names = [], ...rows] = lines(section);
  return [names, names.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function version(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

const PEERS = [
  '@fastify/etag',
  '@hono/node-server',
  '@koa/etag',
  '@nestjs/core',
  'etag',
  'express',
  'fastify',
  'fresh',
  'hono',
  'koa',
  'koa-conditional-get',
  'xxhash-wasm',
];

/** In one line: whether an adapter is slower than what its framework's users have without it. */
export function comparedWithPeers(sections: readonly Section[]): string {
  const rows = sections.flatMap(({ ratios }) => ratios).filter(({ target }) => target === NOT_SLOWER);
  const count = (...wanted: string[]) => rows.filter((row) => wanted.includes(verdict(row))).length;
  const [faster, even, slower] = [count('ok'), count('even'), count('short', 'gross')];
  return `Adapters against their frameworks' own, ${rows.length} rows: ${faster} faster, ${even} even, ${slower} slower.`;
}

function roundsOf({ processes, rounds, turn }: Effort): string {
  return `${processes * rounds} rounds of ${processes} processes, with turns of about ${turn} ms`;
}

const [major] = process.versions.node.split('.');

/** The page of this Node: that of the workspace has the plain name. */
export const page = major === '24' ? 'performance.md' : `performance-node-${major}.md`;
const onNode = major === '24' ? '' : ` on Node ${major}`;

/** The page of the documentation that shows the ratios. */
export function markdown(sections: readonly Section[], efforts: Record<Kind, Effort>): string {
  const peers = PEERS.map((name) => `${name} ${version(name)}`).join(', ');
  const tables = sections.map((section) => `## ${section.title}\n\n${markdownTable(section)}`).join('\n\n');
  return `# Performance${onNode}

Speed is shown as the ratio of two things measured in one run: how many pieces of work the one does with the CPU time in
which the other does one. Above 1 it is faster than what it is held against. No time in nanoseconds is promised: that
depends on the machine more than on the library.

Measured with Node ${process.versions.node} on ${availableParallelism()} cores, against ${peers}.
Written by \`pnpm bench --full\` in [\`bench/\`](../bench/README.md); do not edit it by hand.

${comparedWithPeers(sections)}

${tables}

## How to read it

- **ratio** is the median of all rounds, **quartiles** are those of the rounds: ${roundsOf(efforts.code)} for
  code, ${roundsOf(efforts.request)} for requests in process,
  ${roundsOf(efforts.socket)} over sockets. In every round each
  subject has two turns, in the order A B C C B A, so that what slows the machine down slows all of them down.
- **target** is what we hold ourselves to; **short** says that it was missed. A ratio without a target is for orientation.
  Against a framework's own the target is 1; **even** says that the two could not be told apart: the median is below 1,
  but 1 lies between the quartiles.
- **req/s** is the same ratio by the clock. Over sockets the server has one core and the load comes from another; where the
  load generator is the slower of the two, only the CPU time says anything of the server.
- **KB allocated** is by one request: what is measured, and what it is held against.
- Each process measures one row, after a warm-up of all subjects. In one process for all rows, the compiled code of a row
  depends on the rows before it: the same code then differs by half. An application that sees requests of many kinds is
  slower, on both sides.
- Before it is timed, each subject must give the right answer: the same verdict, the content, a tag that tells contents
  apart, a 304 with the same tag and no content, and where the state is known first, a handler that did not run.

### Code

- **values in turn**: 16 different inputs, one after the other. **The same value again**: one value, in 16 strings. The
  library remembers the last date it read and the last it wrote, which is what these rows show: a client that
  revalidates one resource sends one date, and the responses of one second share theirs.
- Tags to evaluate are 33 characters long, as npm etag makes them, and the header fields are those of a browser in
  Node's record. \`fresh\` gets the modification time as the header field it takes, \`@etag/core\` as the number it takes.
- The default digest of \`@etag/core\` is SHA-256, npm etag's is SHA-1: the longer the content, the more the digests
  alone are compared. xxhash-wasm is fast, not safe against chosen collisions.
- **Cost as work grows** is by the unit: by the tag, by the variant, by the KB. Held against the smallest size, a ratio of 1
  says that each unit costs the same in large work. \`fresh\` gets the tag of the very variant that was listed;
  \`@etag/core\` finds the variant from the tag without its coding.

### Requests

- 1 KB is a text that the handler has. 64 KB is a list of 260 notes, with dates, that the handler renders as JSON: most of
  what a request costs. "No tags" is the same application without any middleware for tags.
- In process, Hono's requests go to \`app.fetch\` and the body is read; those of the others, and their answers, are made by
  light-my-request, whose cost is part of both sides. The 304 of \`etag()\` still renders; "before it is rendered" is
  \`etag({ current })\`.
- Over sockets, \`node:http\` that always answers 304 decides nothing: it is what an early 304 could cost at best.
`;
}
