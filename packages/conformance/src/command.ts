import { parseArgs } from 'node:util';
import { formatReport } from './report.ts';
import { runConformance } from './run.ts';

const USAGE = `usage: npx @etag/conformance http://host:port [--json] [--only <pattern>]

Runs the conformance suite for HTTP conditional requests against a server that implements the fixture contract.

  --json            the report as JSON
  --only <pattern>  only what has an id or a section that this regular expression matches
  --help            this text

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
  const { origin, only, json, help } = options;
  if (help) {
    output.log(USAGE);
    return 0;
  }
  try {
    const report = await runConformance(origin, { only });
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
    options: { json: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
  });
  const { json = false, help = false, only } = values;
  const [origin = ''] = positionals;
  if (!help && (positionals.length !== 1 || !/^http:\/\/[^/]+\/?$/.test(origin))) {
    throw new Error('One origin is needed, such as http://localhost:8787.');
  }
  return { origin, json, help, only: only === undefined ? undefined : new RegExp(only) };
}
