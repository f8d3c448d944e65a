import { isWeak, parseEntityTag } from '@etag/core';
import type { Exchange, Finding } from '../report.ts';
import type { Audited } from './audited.ts';
import { visible } from './escape.ts';

// Hurl: https://hurl.dev/docs/grammar.html

const IS_TAG = 'header "ETag" matches /^(W\\/)?"[^"]*"$/';
const IS_STRONG = 'header "ETag" matches /^"[^"]*"$/';

/** What holds of the last response when a finding is mended, where `expected` does not say it in a form that can be read. */
const ASSERTS: Record<string, readonly string[]> = {
  'tag-missing': [IS_TAG],
  'tag-malformed': [IS_TAG],
  'tag-repeated': [IS_TAG],
  'tag-changes': ['header "ETag" == "{{tag}}"'],
  'tag-per-node': ['header "ETag" == "{{tag}}"'],
  'tag-weak': [IS_STRONG],
  'modified-malformed': [
    'header "Last-Modified" matches /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$/',
  ],
  'coding-tag-weakened': [IS_STRONG],
  'coding-tag-stripped': [IS_TAG],
  'coding-tag-shared': ['header "ETag" != "{{tag}}"'],
  'write-malformed': ['status >= 400', 'status < 500'],
  'write-current': ['status >= 200', 'status < 300'],
  'write-coded': ['status >= 200', 'status < 300'],
  'clients-differ': ['status == 304'],
};

/** What one exchange after another cannot show: connections, nodes, times, races, who reads. */
const UNSHOWN = new Set([
  'tag-tracker',
  'tag-shared',
  'content-changes',
  'tag-of-parts',
  'tag-of-file-time',
  'modified-in-future',
  'modified-placeholder',
  'not-modified-framing',
  'not-modified-length',
  'not-modified-closes',
  'not-modified-slow',
  'coding-not-modified-tag',
  'authorisation-first',
  'stream-starts',
  'digest-disagrees',
  'hop-tag',
  'node-tag',
  'write-refused-but-done',
  'write-tag',
  'promise-unsaid',
  'client-asks-again',
  'client-guards',
  'race-lost-update',
]);

/** What is asserted of the last response: a status, or lines for [Asserts]; null where that is not known. */
interface Wanted {
  readonly status: string;
  readonly asserts: readonly string[];
}

/**
 * The result of a run as a test for hurl, which passes when what was found is mended.
 *
 * @see https://hurl.dev/docs/hurl-file.html
 */
export function toHurl(run: readonly Audited[]): string {
  const parts = run.flatMap(({ url, report, error }) => {
    if (!report) return [comment(`${url}: not audited. ${error}`)];
    if (report.findings.length === 0) return [comment(`${url}: nothing found`)];
    return report.findings.map((finding) => entriesOf(finding, report.url));
  });
  return parts.join('\n\n');
}

const comment = (text: string) => `# ${visible(text)}`;

function entriesOf(finding: Finding, url: string): string {
  const { id, title, section, fix, seen } = finding;
  const about = [comment(`${id}: ${title} (${section})`), comment(`seen: ${seen}`), comment(`fix: ${fix}`)];
  const wanted = wantedOf(finding);
  if (!wanted || finding.exchanges.length === 0) {
    const again = `npx @etag/doctor ${url} --only '^${id}$'`;
    return [...about, comment(`No single exchange shows it: ${again}`)].join('\n');
  }
  return [...about, ...sequenceOf(finding, url, wanted)].join('\n');
}

function wantedOf({ id, expected, seen, exchanges }: Finding): Wanted | null {
  if (UNSHOWN.has(id)) return null;
  const last = String(exchanges.at(-1)?.status ?? '*');
  const asserts = ASSERTS[id];
  if (asserts) return { status: asserts.some((line) => line.startsWith('status')) ? '*' : last, asserts };
  const [, status] = /^status (\d{3})/.exec(expected) ?? [];
  if (status !== undefined) return { status, asserts: [] };
  const lines = id === 'not-modified-metadata' ? seen.split(', ').map(isAbsent) : fieldAsserts(expected);
  return lines.length > 0 ? { status: last, asserts: lines } : null;
}

const isAbsent = (name: string) => `header "${name}" not exists`;

/** What is expected of fields: `Vary: accept-encoding`, `ETag: "v1"`, or names alone. */
function fieldAsserts(expected: string): string[] {
  const [, name, value = ''] = /^([A-Za-z-]+): (.*)$/.exec(expected) ?? [];
  if (name === 'ETag') return ['header "ETag" contains "{{opaque}}"'];
  if (name !== undefined) {
    return value.split(/, ?/).map((part) => `header "${name}" matches /(?i)${part.replace(/[^\w-]/g, '.')}/`);
  }
  const names = expected.split(', ');
  return names.every((one) => /^[A-Za-z-]+$/.test(one)) ? names.map((one) => `header "${one}" exists`) : [];
}

/** A read whose tag a later request carries. */
interface Captured {
  readonly opaque: string;
  readonly variable: string;
}

/** The exchanges of a finding, one after another; only of the last one it is said how it is answered. */
function sequenceOf(finding: Finding, url: string, wanted: Wanted): string[] {
  const { exchanges } = finding;
  const first: Exchange = {
    method: 'GET',
    url,
    headers: (exchanges[0]?.headers ?? []).filter(([name]) => !/^(if-.*|range)$/i.test(name)),
    content: null,
    status: 200,
    tag: firstTagOf(finding),
  };
  const needsRead = exchanges[0]?.status !== 200 || exchanges.length === 1;
  const all = needsRead ? [first, ...exchanges] : exchanges;
  const captured: Captured[] = [];
  const lines: string[] = [];
  for (const [index, exchange] of all.entries()) {
    lines.push('', ...requestOf(exchange, captured));
    if (index === all.length - 1) {
      lines.push(...responseOf(wanted, captured.at(-1)?.variable));
      break;
    }
    lines.push('HTTP *', ...capture(exchange, captured));
  }
  return lines;
}

/** The tag that the conditional requests of a finding name; null where they name none. */
function firstTagOf({ exchanges, expected }: Finding): string | null {
  const tags = exchanges.map(({ tag }) => tag).filter((tag) => tag !== null && parseEntityTag(tag) !== null);
  const named = exchanges.flatMap(({ headers }) =>
    headers.flatMap(([name, value]) => (/^if-(none-)?match$|^if-range$/i.test(name) ? [value] : [])),
  );
  const quoted = named.flatMap((value) => /"([^"]*)"[^"]*$/.exec(value)?.[0] ?? []);
  const own = tags.find((tag) => tag !== null && quoted.some((value) => value.startsWith(opaquePart(tag))));
  return own ?? tags[0] ?? /^ETag: (.*)$/.exec(expected)?.[1] ?? null;
}

/** A tag without what says that it is weak. */
function opaquePart(tag: string): string {
  return tag.replace(/^W\//, '');
}

/** Takes the tag of a read for the requests that follow. */
function capture({ method, status, tag }: Exchange, captured: Captured[]): string[] {
  const read = tag === null ? null : parseEntityTag(tag);
  if (method === 'HEAD' || status !== 200 || !read) return [];
  const variable = captured.length === 0 ? '' : `${captured.length + 1}`;
  captured.push({ opaque: (isWeak(read) ? read.slice(2) : read).slice(1, -1), variable });
  return [
    '[Captures]',
    `tag${variable}: header "ETag"`,
    `opaque${variable}: header "ETag" regex /^(?:W\\/)?"([^"]*)"$/`,
  ];
}

function requestOf({ method, url, headers, content }: Exchange, captured: readonly Captured[]): string[] {
  const fields = headers.map(([name, value]) =>
    value === '…'
      ? `${name}: {{${name.toLowerCase().replaceAll('-', '_')}}}`
      : `${name}: ${fieldValueOf(value, captured)}`,
  );
  const body = content === null ? [] : [`base64,${Buffer.from(content).toString('base64')};`];
  return [`${method} ${escaped(url)}`, ...fields, ...body];
}

/** The value of a field, in which tags that were captured are named by their variable. */
function fieldValueOf(value: string, captured: readonly Captured[]): string {
  const known = [...captured].reverse().find(({ opaque }) => opaque !== '' && value.includes(opaque));
  if (!known) return escaped(value);
  return value.split(known.opaque).map(escaped).join(`{{opaque${known.variable}}}`);
}

/** Characters that mean something to hurl, or to a terminal, written as their code. */
function escaped(text: string): string {
  return text.replace(/[\\#{}]|[^\x20-\x7e]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

function responseOf({ status, asserts }: Wanted, variable = ''): string[] {
  const lines = asserts.map((line) => line.replace(/\{\{(tag|opaque)\}\}/g, `{{$1${variable}}}`));
  return [`HTTP ${status}`, ...(lines.length > 0 ? ['[Asserts]', ...lines] : [])];
}
