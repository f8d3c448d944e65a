import { type Arguments, readArguments, type Target, USAGE } from './arguments.ts';
import { audit } from './audit.ts';
import type { Audited } from './formats/audited.ts';
import { visible } from './formats/escape.ts';
import { toHtml } from './formats/html.ts';
import { toJson } from './formats/json.ts';
import { toJunit } from './formats/junit.ts';
import { toMarkdown } from './formats/markdown.ts';
import { toSarif } from './formats/sarif.ts';
import { toText } from './formats/text.ts';
import { isAtLeast } from './severity.ts';

/** Where a command writes: the result, and what happens meanwhile. */
export interface Output {
  log(text: string): void;
  error(text: string): void;
  /** Whether the result may have colours. */
  readonly isColored: boolean;
}

/**
 * What the command line does.
 *
 * @param args - the arguments without node and the script
 * @param output - where to write
 * @returns the exit code
 */
export async function command(args: readonly string[], output: Output): Promise<number> {
  let read: Arguments;
  try {
    read = readArguments(args);
  } catch (error) {
    output.error(`${visible((error as Error).message)}\n\n${USAGE}`);
    return 2;
  }
  if (read.isHelp) {
    output.log(USAGE);
    return 0;
  }
  const run: Audited[] = [];
  for (const target of read.targets) run.push(await auditTarget(target, read, output));
  output.log(formatted(run, read, output));
  return exitCodeOf(run, read);
}

async function auditTarget({ url, place }: Target, { options }: Arguments, output: Output): Promise<Audited> {
  output.error(visible(`auditing ${url}`));
  try {
    const report = await audit(url, options);
    const isDecided = report.passed.length + report.findings.length > 0;
    if (isDecided) return { url, place, report, error: null };
    return { url, place, report: null, error: report.skipped[0]?.why ?? 'No check was selected.' };
  } catch (error) {
    return { url, place, report: null, error: (error as Error).message };
  }
}

function formatted(run: readonly Audited[], { format, failOn, isVerbose }: Arguments, { isColored }: Output): string {
  switch (format) {
    case 'json':
      return toJson(run);
    case 'sarif':
      return toSarif(run);
    case 'junit':
      return toJunit(run, failOn);
    case 'markdown':
      return toMarkdown(run);
    case 'html':
      return toHtml(run);
    case 'text':
      return toText(run, { isVerbose, isColored });
  }
}

function exitCodeOf(run: readonly Audited[], { failOn }: Arguments): number {
  const findings = run.flatMap(({ report }) => report?.findings ?? []);
  if (failOn !== null && findings.some(({ severity }) => isAtLeast(severity, failOn))) return 1;
  return run.some(({ report }) => report === null) ? 3 : 0;
}
