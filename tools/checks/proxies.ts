import { readFileSync, writeFileSync } from 'node:fs';
import {
  type CompressingProxy,
  type Exchange,
  exchange,
  type MendedProxy,
  mended,
  proxies,
  type Settings,
  startApplication,
} from '../proxies/src/index.ts';
import { optional } from '../servers/src/index.ts';
import { markdown } from './markdown.ts';

// Reads and writes one note through real proxies that compress, and writes what came of it into docs/behind-your-proxy.md:
//   pnpm proxies [--check]
// With --check nothing is written, and a page that says something else is a failure. A proxy that this machine cannot get is
// left out, and what the page says about it stays. So does a version, where it makes no difference.

/** What one table of the page is about. */
interface Subject {
  /** Its name in the markers of the page: `<!-- plain -->`. */
  readonly id: string;
  readonly settings: Settings;
  readonly among: readonly CompressingProxy[];
}

const subjects: readonly Subject[] = [
  { id: 'plain', settings: {}, among: proxies },
  { id: 'compresses', settings: { compresses: true }, among: proxies },
  { id: 'short', settings: { compresses: true, size: 300 }, among: proxies },
  { id: 'accepts', settings: { acceptWeakened: true }, among: proxies },
  { id: 'both', settings: { compresses: true, size: 300, acceptWeakened: true }, among: proxies },
  { id: 'mended', settings: {}, among: mended },
];

const HEAD = ['in front', 'tag that the browser reads', 'read again', 'save', 'save over another version'];
const page = new URL('../../docs/behind-your-proxy.md', import.meta.url);
const unavailable = new Set<string>();

/** Rows of a table, by the name of the proxy. */
type Rows = Map<string, readonly string[]>;

const NOTHING = 'nothing';

/** The rows of one table that this machine can run. */
async function run({ settings, among }: Subject): Promise<Rows> {
  const rows: Rows = new Map([[NOTHING, await rowWithout(settings)]]);
  for (const proxy of among) {
    if (unavailable.has(proxy.name)) continue;
    const row = await rowOf(proxy, settings);
    if (row) rows.set(proxy.name, row);
    else unavailable.add(proxy.name);
  }
  return rows;
}

async function rowWithout(settings: Settings): Promise<readonly string[]> {
  const application = await startApplication(settings);
  const seen = await exchange(`http://127.0.0.1:${application.port}`, application);
  await application.close();
  return [NOTHING, ...cells(seen)];
}

async function rowOf(
  { name, setting, start }: CompressingProxy,
  settings: Settings,
): Promise<readonly string[] | null> {
  const application = await startApplication(settings);
  const server = await optional(name, () => start(application.port));
  const seen = server && (await exchange(server.url, application));
  await server?.stop();
  await application.close();
  return seen && [`${name} ${server.version}, ${setting}`, ...cells(seen)];
}

function cells({ tag, coding, again, fresh, stale }: Exchange): string[] {
  const save = ({ status, reason }: Exchange['fresh']) => (reason === null ? `${status}` : `${status} \`${reason}\``);
  const saved = fresh.status === 200 ? save(fresh) : `**${save(fresh)}**`;
  return [`\`${tag}\`${coding === null ? '' : `, ${coding}`}`, `${again}`, saved, save(stale)];
}

/** The lines to add to the configuration of each, as the run has them. */
function linesOf(those: readonly MendedProxy[]): string {
  return those.map(({ name, lines }) => `${name}:\n\n\`\`\`\n${lines}\n\`\`\``).join('\n\n');
}

/** The table between two markers, with the rows of a run; of a proxy that was left out, it keeps its own. */
function withRows(text: string, { id, among }: Subject, rows: Rows): string {
  return replaceBetween(text, id, (before) => {
    const old = rowsOf(before);
    const names = [NOTHING, ...among.map(({ name }) => name)];
    return markdown([HEAD, ...names.flatMap((name) => [rows.get(name) ?? old.get(name) ?? []])].filter(hasCells));
  });
}

const hasCells = (row: readonly string[]) => row.length > 0;

function rowsOf(table: string): Rows {
  const lines = table.split('\n').filter((line) => line.startsWith('| '));
  const rows = lines.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));
  return new Map(rows.map((row) => [row[0]?.split(' ', 1)[0] ?? '', row]));
}

function replaceBetween(text: string, id: string, make: (before: string) => string): string {
  const [start, end] = [`<!-- ${id} -->`, `<!-- /${id} -->`];
  const [from, to] = [text.indexOf(start) + start.length, text.indexOf(end)];
  if (from < start.length || to < from) throw new Error(`The page has no ${start} … ${end}`);
  return `${text.slice(0, from)}\n\n${make(text.slice(from, to))}\n\n${text.slice(to)}`;
}

const before = readFileSync(page, 'utf8');
let after = replaceBetween(before, 'lines', () => linesOf(mended));
for (const subject of subjects) {
  const rows = await run(subject);
  for (const row of rows.values()) console.log(`${subject.id}: ${row.join(' | ')}`);
  after = withRows(after, subject, rows);
}

if (!process.argv.includes('--check')) {
  writeFileSync(page, after);
} else {
  // Other versions may pad a table differently.
  const bare = (text: string) => text.replace(/^(\| \w+) \d[\d.]*/gm, '$1').replace(/[\s-]+/g, ' ');
  const isUpToDate = bare(before) === bare(after);
  console.log(
    isUpToDate ? 'ok   docs/behind-your-proxy.md' : 'FAIL docs/behind-your-proxy.md: the run gave something else',
  );
  if (!isUpToDate) process.exitCode = 1;
}
