import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');

/** The version of the package. */
export const VERSION = (JSON.parse(manifest) as { version: string }).version;

/** A timer takes no more ms than 2³¹ - 1. */
const LONGEST_TIMEOUT_S = 2_147_483;

/** What `--help` says. */
export const USAGE = `etag-poll [options] [URL...]

Reads many URLs, and loads those that have changed since the last time.

  --file FILE             URLs, one a line; # begins a comment; - is the standard input
  --registry FILE         what is known of the URLs, a SQLite database (etag-poll.sqlite; :memory: for none)
  --output FOLDER         keeps the content there, one file for each URL
  --header 'NAME: VALUE'  sent with each request; may be given more than once
  --user-agent TEXT       what it calls itself (etag-poll/VERSION)
  --per-host COUNT        requests to one host at the same time (2)
  --concurrency COUNT     requests at the same time (16)
  --timeout SECONDS       how long one may take (60)
  --json                  a line of JSON for each URL, and one for the summary
  -h, --help
  --version

Set ETAG_POLL_KEY to 16 random characters or more if you send credentials: what was read under an identity is known by it
the next time. The key is not stored. Without it, nothing that is read under credentials is.

Exits with 1 when a URL could not be read, with 2 when it does not understand.`;

/** What a run was told. */
export type Options = ReturnType<typeof optionsOf>;

/**
 * Reads the arguments.
 *
 * @throws TypeError for what it does not understand
 */
export function optionsOf(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      file: { type: 'string' },
      registry: { type: 'string', default: 'etag-poll.sqlite' },
      output: { type: 'string' },
      header: { type: 'string', multiple: true, default: [] },
      'per-host': { type: 'string', default: '2' },
      concurrency: { type: 'string', default: '16' },
      timeout: { type: 'string', default: '60' },
      'user-agent': { type: 'string', default: `etag-poll/${VERSION}` },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', default: false },
    },
  });
  const { file, registry, output, json, help, version } = values;
  if (positionals.length === 0 && file === undefined && !help && !version)
    throw new TypeError('No URL, and no --file.');
  const headers = new Headers({ 'user-agent': values['user-agent'] });
  for (const header of values.header) {
    const [, name = '', value = ''] = /^([^:]+):(.*)$/.exec(header) ?? [];
    if (!name) throw new TypeError(`--header ${JSON.stringify(header)} is not a field: 'Name: value'`);
    if (name.toLowerCase() === 'user-agent') headers.set(name, value.trim());
    else headers.append(name, value.trim());
  }
  return {
    urls: positionals,
    file,
    registry,
    output,
    headers,
    perHost: count('per-host', values['per-host']),
    concurrency: count('concurrency', values.concurrency),
    timeout: count('timeout', values.timeout, LONGEST_TIMEOUT_S) * 1000,
    json,
    help,
    version,
  };
}

function count(name: string, value: string, most = Number.MAX_SAFE_INTEGER): number {
  if (!/^[1-9]\d*$/.test(value)) throw new TypeError(`--${name} ${value} is not a positive number`);
  if (Number(value) > most) throw new TypeError(`--${name} ${value} is more than ${most}`);
  return Number(value);
}
