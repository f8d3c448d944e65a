import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseResolve } from '@etag/wire';
import { formatReport } from './report.ts';
import { isOrigin, runConformance } from './run.ts';

const USAGE = `usage: npx @etag/conformance <origin> [--json] [--only <pattern>] [--resolve <host:port=address>] [--cacert <file>]

Runs the conformance suite for HTTP conditional requests against a server that implements the fixture contract. The
origin is http://host:port or https://host:port; the suite speaks HTTP/1.1.

  --json                         the report as JSON
  --only <pattern>               only what has an id or a section that this regular expression matches
  --resolve <host:port=address>  connects to this address instead of asking DNS; may be repeated
  --cacert <file>                trusts these certificates (PEM) instead of the well-known ones
  --insecure                     accepts any certificate
  --help                         this text

Exit codes: 0 everything passed, 1 something failed or the server cannot be reached, 2 wrong usage.`;

/** Where a command writes its lines. */
export interface Output {
  log(text: string): void;
  error(text: string): void;
}

/**
 * What the command line does.
 *
 * @param args - the arguments without node and the script
 * @returns the exit code
 */
export async function command(args: readonly string[], output: Output): Promise<number> {
  let options: ReturnType<typeof parse>;
  try {
    options = parse(args);
  } catch (error) {
    output.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const { origin, json, help, ...run } = options;
  if (help) {
    output.log(USAGE);
    return 0;
  }
  try {
    const report = await runConformance(origin, run);
    output.log(json ? JSON.stringify(report, null, 2) : formatReport(report));
    return report.failed === 0 ? 0 : 1;
  } catch (error) {
    output.error((error as Error).message);
    return 1;
  }
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      only: { type: 'string' },
      resolve: { type: 'string', multiple: true },
      cacert: { type: 'string' },
      insecure: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const { json = false, help = false, insecure = false, only, resolve = [], cacert } = values;
  const [origin = ''] = positionals;
  if (!help && (positionals.length !== 1 || !isOrigin(origin))) {
    throw new Error('One origin is needed, such as http://localhost:8787.');
  }
  return {
    origin,
    json,
    help,
    insecure,
    only: only === undefined ? undefined : new RegExp(only),
    resolve: parseResolve(resolve),
    ca: cacert === undefined ? undefined : readFileSync(cacert, 'utf8'),
  };
}
