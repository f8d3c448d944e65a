import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type FieldLine, parseResolve } from '@etag/wire';
import type { AuditOptions } from './options.ts';
import { type Severity, severities } from './severity.ts';

/** What the command prints about itself. */
export const USAGE = `usage: npx @etag/doctor <url>... [options]

Audits how live endpoints handle ETag, If-None-Match, If-Match and ranges, and says what mends them.

  --urls <file>                  also the URLs of a file, one a line
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
  --fail-on <severity>           critical, error, warning (default), note or never
  --verbose                      everything, with the requests
  --json --sarif --junit --markdown --html
                                 the result in another format
  --help                         this text

Exit codes: 0 nothing found, 1 something found, 2 wrong usage, 3 no URL reached or no result.`;

/** In what form the result is printed. */
export type Format = 'text' | 'json' | 'sarif' | 'junit' | 'markdown' | 'html';

/** A URL, and the line of the file that names it. */
export interface Target {
  readonly url: string;
  readonly place: { readonly file: string; readonly line: number } | null;
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
}

const FORMATS = ['json', 'sarif', 'junit', 'markdown', 'html'] as const;
const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const OPTIONS = {
  urls: text,
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
  'fail-on': text,
  verbose: flag,
  json: flag,
  sarif: flag,
  junit: flag,
  markdown: flag,
  html: flag,
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
  const targets = [...positionals.map((url) => ({ url, place: null })), ...targetsOf(values.urls)];
  const isHelp = values.help ?? false;
  if (!isHelp && targets.length === 0) throw new Error('A URL is needed, such as http://localhost:8787/notes/1.');
  for (const { url } of targets) checkUrl(url);
  const common = { isHelp, targets, format: formatOf(values), isVerbose: values.verbose ?? false };
  return { ...common, failOn: failOnOf(values['fail-on'] ?? 'warning'), options: optionsOf(values) };
}

function optionsOf(values: Values): AuditOptions {
  const race = numberOf('race', values.race);
  if (race !== undefined && !values.write) throw new Error('--race writes: give --write as well.');
  return {
    headers: (values.header ?? []).map(fieldLineOf),
    only: patternOf(values.only),
    skip: patternOf(values.skip),
    write: values.write,
    race,
    nodes: values.node,
    origin: values.origin,
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

function checkUrl(url: string): void {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw new Error(`Not an http or https URL: ${url}`);
  const { username, password } = new URL(url);
  if (username || password) throw new Error("Give credentials as a field: -H 'Authorization: Basic …'.");
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
