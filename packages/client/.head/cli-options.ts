import { parseArgs } from 'node:util';

/** What `--help` says. */
export const USAGE = `etag-poll [options] [URL...]

Reads many URLs, and loads those that have changed since the last time.

  --file FILE           URLs, one a line; # begins a comment; - is the standard input
  --registry FILE       what is known of the URLs, a SQLite database (etag-poll.sqlite; :memory: for none)
  --output FOLDER       writes what was loaded there, one file for each URL
  --header 'NAME: VALUE'  sent with each request; may be given more than once
  --per-host COUNT      requests to one host at the same time (2)
  --concurrency COUNT   requests at the same time (16)
  --timeout SECONDS     how long one may take (60)
  --json                a line of JSON for each URL, and one for the summary
  --help

Set ETAG_POLL_KEY to 16 random characters or more if you send Authorization or Cookie: what was read under an identity is
known by it the next time. It is not stored.

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
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { file, registry, output, json, help } = values;
  if (positionals.length === 0 && file === undefined && !help) throw new TypeError('No URL, and no --file.');
  const headers = new Headers();
  for (const header of values.header) {
    const [, name = '', value = ''] = /^([^:]+):(.*)$/.exec(header) ?? [];
    if (!name) throw new TypeError(`--header ${JSON.stringify(header)} is no field: 'Name: value'`);
    headers.append(name, value.trim());
  }
  return {
    urls: positionals,
    file,
    registry,
    output,
    headers,
    perHost: count('per-host', values['per-host']),
    concurrency: count('concurrency', values.concurrency),
    timeout: count('timeout', values.timeout) * 1000,
    json,
    help,
  };
}

function count(name: string, value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new TypeError(`--${name} ${value} is no positive number`);
  return Number(value);
}
