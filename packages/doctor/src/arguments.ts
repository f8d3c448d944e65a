import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type FieldLine, parseResolve } from '@etag/wire';
import { type Baseline, baselineOf } from './baseline.ts';
import { checks, isSelected } from './checks.ts';
import { exchangesOf } from './har.ts';
import { operationsOf } from './openapi.ts';
import type { AuditOptions } from './options.ts';
import type { Sent } from './probe.ts';
import type { Promises } from './promises.ts';
import { plainOf } from './recording.ts';
import { type Severity, severities } from './severity.ts';

/** What the command prints about itself. */
export const USAGE = `usage: npx @etag/doctor <url>... [options]

Audits how live endpoints handle ETag, If-None-Match, If-Match and ranges, and says what mends them.

  --urls <file>                  also the URLs of a file, one a line
  --openapi <file>               also the GETs of an OpenAPI document whose parameters have examples, and what it promises
  --base <url>                   where the paths of that document are (default: its first server)
  --har <file>                   what the developer tools of a browser recorded; sends nothing
  -H, --header <name: value>     a field for every request; may be repeated
  --only <pattern>               only checks whose id this regular expression matches
  --skip <pattern>               no checks whose id this regular expression matches
  --write                        also writes to the URL with PUT, and restores what it found
  --race <number>                so many writers at once, to show lost updates; needs --write
  --node <address>               the address of a node behind the URL; may be repeated
  --origin <address>             the address of the origin behind the proxies of the URL
  --resolve <host:port=address>  connects to this address instead of asking DNS; may be repeated
  --cacert <file>                trusts these certificates (PEM) instead of the well-known ones
  --insecure                     accepts any certificate
  --repeats <number>             how often the resource is read to see whether its tag holds (default 6)
  --timeout <ms>                 how long to wait for a response (default 10000)
  --rate <number>                requests a second at most (default 5; on loopback no limit)
  --max-requests <number>        requests for a URL at most (default 200; with --race more)
  --clients <number>             so many clients read it again and again: what a 304 saves them in a day
  --interval <seconds>           how often each of them does (default 60)
  --baseline <file>              leaves out what a run with --json found before
  --fail-on <severity>           critical, error, warning (default), note or never
  --verbose                      everything, with the requests
  --json --sarif --junit --markdown
                                 the result in another format
  --hurl                         the result as a test for hurl, which passes when all is mended
  --html <file>                  also writes the result into a page
  --help                         this text

Exit codes: 0 nothing found, 1 something found, 2 wrong usage, 3 not reached, not all could be asked, or not put back.`;

/** In what form the result is printed. */
export type Format = 'text' | 'json' | 'sarif' | 'junit' | 'markdown' | 'hurl';

/** A URL, and what is known of it. */
export interface Target {
  readonly url: string;
  /** The line of the file that names it; null for the command line. */
  readonly place: { readonly file: string; readonly line: number } | null;
  /** The fields that an OpenAPI document requires of its requests. @default none */
  readonly headers?: readonly FieldLine[];
  /** What an OpenAPI document promises. @default none */
  readonly promises?: Promises;
  /** The exchanges of an archive. @default it is asked itself */
  readonly recorded?: readonly Sent[];
}

/** What a command line asks for. */
export interface Arguments {
  readonly isHelp: boolean;
  readonly targets: readonly Target[];
  readonly options: AuditOptions;
  readonly format: Format;
  readonly isVerbose: boolean;
  /** The least severity that is a failure; null for none. */
  readonly failOn: Severity | null;
  /** What was found before, and does not count. */
  readonly baseline: Baseline;
  /** The file that a page is written into; null for none. */
  readonly html: string | null;
  /** What is not audited, and why. */
  readonly leftOut: readonly string[];
}

const FORMATS = ['json', 'sarif', 'junit', 'markdown', 'hurl'] as const;
const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const OPTIONS = {
  urls: text,
  openapi: text,
  base: text,
  har: text,
  header: { ...texts, short: 'H' },
  only: text,
  skip: text,
  write: flag,
  race: text,
  node: texts,
  origin: text,
  resolve: texts,
  cacert: text,
  insecure: flag,
  repeats: text,
  timeout: text,
  rate: text,
  'max-requests': text,
  clients: text,
  interval: text,
  baseline: text,
  'fail-on': text,
  verbose: flag,
  json: flag,
  sarif: flag,
  junit: flag,
  markdown: flag,
  hurl: flag,
  html: text,
  help: flag,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/**
 * Reads a command line.
 *
 * @param args - the arguments without node and the script
 * @throws Error for what cannot be read, with a text for its user
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const described = describedBy(values.openapi, values.base);
  const named = [...positionals.map((url) => ({ url, place: null })), ...targetsOf(values.urls)];
  const targets = [...named, ...described.targets, ...recordedIn(values.har)];
  const isHelp = values.help ?? false;
  if (!isHelp && targets.length === 0) throw new Error(nothingToAudit(described.leftOut));
  for (const { url, place } of targets) checkUrl(url, place);
  return {
    isHelp,
    targets,
    format: formatOf(values),
    isVerbose: values.verbose ?? false,
    failOn: failOnOf(values['fail-on'] ?? 'warning'),
    options: optionsOf(values),
    baseline: values.baseline === undefined ? new Set() : baselineOf(readFileSync(values.baseline, 'utf8')),
    html: values.html ?? null,
    leftOut: described.leftOut,
  };
}

const NONE_SELECTED =
  'No check is left by --only and --skip; https://www.npmjs.com/package/@etag/doctor lists their ids.';

function nothingToAudit(leftOut: readonly string[]): string {
  if (leftOut.length > 0) return `No GET of the OpenAPI document can be sent. ${leftOut.join('. ')}.`;
  return 'A URL is needed, such as http://localhost:8787/notes/1.';
}

function optionsOf(values: Values): AuditOptions {
  if (values.base !== undefined && values.openapi === undefined) throw new Error('--base needs --openapi.');
  if (values.interval !== undefined && !values.clients) throw new Error('--interval needs --clients.');
  const race = numberOf('race', values.race);
  if (race !== undefined && !values.write) throw new Error('--race writes: give --write as well.');
  if (race === 1) throw new Error('--race takes two writers or more.');
  const [only, skip] = [patternOf(values.only), patternOf(values.skip)];
  if (!checks.some(({ id }) => isSelected(id, { only, skip }))) throw new Error(NONE_SELECTED);
  return {
    headers: (values.header ?? []).map(fieldLineOf),
    only,
    skip,
    write: values.write,
    race,
    nodes: values.node?.map(addressOf),
    origin: values.origin === undefined ? undefined : addressOf(values.origin),
    clients: numberOf('clients', values.clients),
    interval: numberOf('interval', values.interval),
    resolve: parseResolve(values.resolve ?? []),
    ca: values.cacert === undefined ? undefined : readFileSync(values.cacert, 'utf8'),
    insecure: values.insecure,
    repeats: numberOf('repeats', values.repeats),
    timeout: numberOf('timeout', values.timeout),
    rate: numberOf('rate', values.rate),
    maxRequests: numberOf('max-requests', values['max-requests']),
  };
}

/** The URLs of a file, one a line; empty lines and lines that begin with # are left out. */
function targetsOf(file: string | undefined): Target[] {
  if (file === undefined) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line, index) => ({ url: line.trim(), place: { file, line: index + 1 } }))
    .filter(({ url }) => url !== '' && !url.startsWith('#'));
}

/** The reads of an OpenAPI document. */
function describedBy(file: string | undefined, base: string | undefined) {
  if (file === undefined) return { targets: [], leftOut: [] };
  if (base !== undefined) checkUrl(base);
  const { operations, leftOut } = operationsOf(readFileSync(file, 'utf8'), base ?? null);
  const targets = operations.map(({ line, ...operation }): Target => ({ ...operation, place: { file, line } }));
  return { targets, leftOut };
}

/** The URLs of an archive, each with its exchanges and the line that names it first. */
function recordedIn(file: string | undefined): Target[] {
  if (file === undefined) return [];
  const text = readFileSync(file, 'utf8');
  const exchanges = exchangesOf(text);
  const urls = [...new Set(exchanges.map(({ url }) => url.href))];
  const targets = urls.map((url): Target => {
    const recorded = exchanges.filter((sent) => sent.url.href === url);
    return { url, recorded, place: { file, line: lineOf(text, url) } };
  });
  const full = targets.filter(({ recorded = [] }) => plainOf(recorded) !== null);
  if (full.length === 0) throw new Error('The archive has no GET that is answered 200.');
  return full;
}

/** The line of a text that a word begins on, from 1 on. */
function lineOf(text: string, word: string): number {
  return text.slice(0, Math.max(0, text.indexOf(JSON.stringify(word)))).split('\n').length;
}

/** An address to connect to. */
function addressOf(text: string): string {
  if (text.includes('/')) throw new Error(`Not an address: ${text}. Write 10.0.0.7 or 10.0.0.7:8080.`);
  return text;
}

function checkUrl(url: string, place: Target['place'] = null): void {
  const where = place ? ` (${place.file}, line ${place.line})` : '';
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    const meant = `http://${url}`;
    const advice = !url.includes('//') && URL.canParse(meant) ? ` Write ${meant}` : '';
    throw new Error(`Not an http or https URL: ${url}${where}.${advice}`);
  }
  const { username, password } = new URL(url);
  if (username || password) throw new Error(`Give credentials as a field: -H 'Authorization: Basic …'${where}.`);
}

function formatOf(values: Values): Format {
  const given = FORMATS.filter((format) => values[format]);
  if (given.length > 1) throw new Error(`One format at a time: --${given.join(' or --')}.`);
  return given[0] ?? 'text';
}

function failOnOf(value: string): Severity | null {
  if (value === 'never') return null;
  const severity = severities.find((one) => one === value);
  if (!severity) throw new Error(`--fail-on takes ${severities.join(', ')} or never, not ${value}.`);
  return severity;
}

function numberOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new Error(`--${name} takes a number from 1 on, not ${value}.`);
  return Number(value);
}

function patternOf(value: string | undefined): RegExp | undefined {
  return value === undefined ? undefined : new RegExp(value);
}

function fieldLineOf(line: string): FieldLine {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n]*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined)
    throw new Error(`Not a header field: ${line}. Write -H 'Name: value'.`);
  return [name, value];
}
