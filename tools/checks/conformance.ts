import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Report, runConformance } from '../../packages/conformance/src/index.ts';
import type { Peer } from '../../packages/conformance/test/peers/answer.ts';
import * as express from '../../packages/conformance/test/peers/express.ts';
import * as fastifyEtag from '../../packages/conformance/test/peers/fastify-etag.ts';
import * as fastifyStatic from '../../packages/conformance/test/peers/fastify-static.ts';
import * as h3 from '../../packages/conformance/test/peers/h3.ts';
import * as honoEtag from '../../packages/conformance/test/peers/hono-etag.ts';
import * as koaEtag from '../../packages/conformance/test/peers/koa-etag.ts';
import { adapters, type Running, startFixture } from '../adapters.ts';
import { markdown } from './markdown.ts';

// Runs the suite against the adapters and their peers, and writes what the run gave into docs/conformance.md and the READMEs:
//   pnpm conformance [--check]
// With --check nothing is written, and a README with other figures is a failure.

const peers: Peer[] = [honoEtag, koaEtag, express, fastifyEtag, fastifyStatic, h3];

/** What a section of RFC 9110 is about, in the words of somebody who compares servers. */
const subjects: Record<string, string> = {
  '5.6.1': 'lists of tags',
  '6.1': 'streams',
  '6.6.2': 'trailers',
  '8.8': 'validators on a 200',
  '8.8.3': 'entity tags',
  '8.8.3.1': 'tags of content',
  '8.8.3.2': 'comparison',
  '8.8.3.3': 'tags of codings',
  '9.3.2': 'HEAD',
  '9.3.4': 'no tag after a write',
  '13.1.1': 'If-Match',
  '13.1.2': 'If-None-Match',
  '13.1.3': 'If-Modified-Since',
  '13.1.4': 'If-Unmodified-Since',
  '13.1.5': 'If-Range',
  '13.2.1': 'when to evaluate',
  '13.2.2': 'precedence',
  '14.1': 'range units',
  '14.1.1': 'range syntax',
  '14.1.2': 'byte ranges',
  '14.2': 'Range',
  '15.1': 'reason phrases',
  '15.3.5': '204',
  '15.3.7': '206',
  '15.4.5': '304',
  '15.5.13': '412',
  '17.15': 'too many ranges',
};

/** What none of the peers does; asserted like what is telling of each. */
const tellingOfAll = ['if-match-stale-put', 'if-unmodified-since-earlier-put', 'if-none-match-any-put'];

const START = '<!-- conformance -->';
const END = '<!-- /conformance -->';

/** The report on one server, and what stands above its column. */
interface Column {
  head: string;
  report: Report;
}

async function run(head: string, start: () => Promise<Running>, label = head, only?: RegExp): Promise<Column> {
  const server = await start();
  try {
    const report = await runConformance(server.origin, { only });
    console.log(`${label}: ${figure(report)}`);
    return { head, report };
  } finally {
    server.close();
  }
}

function figure({ passed, failed }: { passed: number; failed: number }): string {
  return `${passed}/${passed + failed}`;
}

/** Sections × columns, and the total. */
function tableOf(columns: readonly Column[]): string {
  const [first] = columns;
  if (!first) throw new Error('nothing was run');
  const rows = first.report.sections.map(({ section }) => {
    const subject = subjects[section];
    if (subject === undefined) throw new Error(`§${section} has no name here`);
    const cells = columns.map(({ report }) => {
      const result = report.sections.find((one) => one.section === section);
      return result ? figure(result) : '';
    });
    return [`§${section} ${subject}`, ...cells];
  });
  return markdown([
    ['RFC 9110', ...columns.map(({ head }) => head)],
    ...rows,
    ['all', ...columns.map(({ report }) => figure(report))],
  ]);
}

/** The titles of failures. Throws when one of them is none, so that nothing is said of a peer that the run did not show. */
function titlesOf(ids: readonly string[], { head, report }: Column): string {
  const titles = ids.map((id) => {
    const failure = report.failures.find((one) => one.id === id);
    if (!failure) throw new Error(`${head} does not fail ${id}`);
    return failure.title.replace(/[*_<|]/g, '\\$&');
  });
  return titles.join('; ');
}

/** A paragraph in lines of at most 120 characters; `indent` begins all but the first. */
function wrapped(text: string, indent = ''): string {
  let length = 0;
  const words = text.split(' ').map((word, index) => {
    const fits = length + 1 + word.length <= 120;
    length = fits ? length + 1 + word.length : indent.length + word.length;
    return index === 0 ? word : fits ? ` ${word}` : `\n${indent}${word}`;
  });
  return words.join('');
}

/** A table, and the README that it belongs to. */
interface Table {
  path: string;
  table: string;
  /** Puts the markers where there are none. */
  place: (readme: string) => string;
}

/** Replaces what stands between the markers. */
function withTable(readme: string, { table, place }: Table): string {
  const marked = readme.includes(START) ? readme : place(readme);
  const start = marked.indexOf(START);
  const end = marked.indexOf(END);
  if (start < 0 || end < start) throw new Error('no place for the table');
  return `${marked.slice(0, start + START.length)}\n\n${table}\n\n${marked.slice(end)}`;
}

/** After the first paragraph of the section; after its list as well when the paragraph introduces one. */
function placeInAdapter(readme: string): string {
  return readme.replace(/(?<=\n## Conformance\n\n)(?:(?:.+\n)*.+:\n\n)?(?:.+\n)+/, `$&\n${START}\n${END}\n`);
}

const check = process.argv.includes('--check');

/** Writes a README, or sees whether its figures are those of the run. */
function publish({ path, table, place }: Table): void {
  const file = new URL(`../../${path}`, import.meta.url);
  if (!existsSync(file)) {
    console.log(`FAIL ${path}: there is none`);
    process.exitCode = 1;
    return;
  }
  const before = readFileSync(file, 'utf8');
  const after = withTable(before, { path, table, place });
  if (!check) {
    writeFileSync(file, after);
    console.log(`${before === after ? 'same   ' : 'written'} ${path}`);
    return;
  }
  // A formatter may pad a table and wrap a line differently.
  const bare = (text: string) => text.replace(/[\s-]+/g, ' ');
  const upToDate = bare(before) === bare(after);
  console.log(`${upToDate ? 'ok  ' : 'FAIL'} ${path}${upToDate ? '' : ': the run gave other figures'}`);
  if (!upToDate) process.exitCode = 1;
}

// Published together at the end: a run that breaks off leaves every README as it was.
const tables: Table[] = [];

const ours: Column[] = [];
for (const { name, compression, platforms = [undefined] } of adapters) {
  const columns: Column[] = [];
  for (const platform of platforms) {
    for (const mode of compression) {
      const head = [platform, compression.length > 1 ? mode : 'passed'].filter(Boolean).join(', ');
      columns.push(await run(head, () => startFixture(name, mode, platform), `@etag/${name}, compression ${head}`));
    }
  }
  tables.push({ path: `packages/${name}/README.md`, table: tableOf(columns), place: placeInAdapter });
  const [worst] = [...columns].sort((a, b) => a.report.passed - b.report.passed);
  if (worst) ours.push({ ...worst, head: `@etag/${name}` });
}

const theirs: Column[] = [];
const failures: string[] = [];
for (const { name, start, telling, note, only } of peers) {
  const column = await run(name, start, name, only);
  theirs.push(column);
  failures.push(`- ${name}: ${titlesOf(telling, column)}${note === undefined ? '' : ` (${note})`}`);
}
const askedAll = theirs.filter((_, index) => peers[index]?.only === undefined);
const [failuresOfAll] = askedAll.map((column) => titlesOf(tellingOfAll, column));

const versions = peers.map(({ version }) => version).join('; ');
const common = `- all that were asked about writes, none of which sets out to guard one: ${failuresOfAll}`;
const paragraphs = [
  'What the suite of [@etag/conformance](../packages/conformance) gave when this repository ran it against its own adapters ' +
    'and against what else there is: passed of all, and only that.',
  tableOf([...ours, ...theirs]),
  'Ours: the worst of its runs, without compression and with it inside and outside, where the framework brings one, ' +
    'and on each platform of Nest. ' +
    'Peers: without compression, mounted as their documentation says, with handlers that set the validators which ours ' +
    `are told: ${versions}. Ranges (§13.1.5, §14, §17.15) are cut by the handler, which is the same for all. The form ` +
    'of a 412 (§15.5.13) is our own choice, and where the standard leaves one, ' +
    '[the suite says which it made](../packages/conformance#the-vectors).',
  'Some of what they fail:',
  [common, ...failures].map((item) => wrapped(item, '  ')).join('\n'),
];
const page = paragraphs.map((paragraph) => (/^[|-]/.test(paragraph) ? paragraph : wrapped(paragraph))).join('\n\n');
tables.push({ path: 'docs/conformance.md', table: page, place: (text) => text });

for (const table of tables) publish(table);

// A peer may go on reading the endless stream that it buffers.
process.exit();
