import { writeFileSync } from 'node:fs';
import { type Arguments, readArguments, type Target, USAGE } from './arguments.ts';
import { audit, auditRecorded } from './audit.ts';
import { withoutKnown } from './baseline.ts';
import type { Audited } from './formats/audited.ts';
import { visible } from './formats/escape.ts';
import { toHtml } from './formats/html.ts';
import { toHurl } from './formats/hurl.ts';
import { toJson } from './formats/json.ts';
import { toJunit } from './formats/junit.ts';
import { toMarkdown } from './formats/markdown.ts';
import { toSarif } from './formats/sarif.ts';
import { toText } from './formats/text.ts';
import type { AuditOptions } from './options.ts';
import type { Report } from './report.ts';
import { isAtLeast } from './severity.ts';

/** Where a command writes: the result, and what happens meanwhile. */
export interface Output {
  log(text: string): void;
  error(text: string): void;
  /** Whether the result may have colours. */
  readonly isColored: boolean;
  /** Ends the run early, as in the options of `audit`. @default none */
  readonly signal?: AbortSignal | undefined;
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
    output.error(`${visible((error as Error).message)}\nusage: npx @etag/doctor <url>... [options]; --help lists them`);
    return 2;
  }
  if (read.isHelp) {
    output.log(USAGE);
    return 0;
  }
  for (const text of read.leftOut) output.error(visible(`left out: ${text}`));
  const run: Audited[] = [];
  for (const target of read.targets) {
    if (output.signal?.aborted) break;
    run.push(withoutKnown(await auditTarget(target, read, output), read.baseline));
  }
  output.log(formatted(run, read, output));
  return isWritten(run, read, output) ? exitCodeOf(run, read) : 2;
}

/** Writes the page that was asked for; false where it cannot be written. */
function isWritten(run: readonly Audited[], { html }: Arguments, output: Output): boolean {
  if (html === null) return true;
  try {
    writeFileSync(html, toHtml(run));
    return true;
  } catch (error) {
    output.error(visible(`${html} cannot be written: ${(error as Error).message}`));
    return false;
  }
}

async function auditTarget(target: Target, { options }: Arguments, output: Output): Promise<Audited> {
  const { url, place } = target;
  output.error(visible(`auditing ${url}`));
  try {
    const report = await reportOf(target, { ...options, signal: output.signal });
    const isDecided = report !== null && report.passed.length + report.findings.length > 0;
    if (isDecided) return { url, place, report, known: 0, error: null };
    return { url, place, report: null, known: 0, error: report?.skipped[0]?.why ?? 'No check was selected.' };
  } catch (error) {
    return { url, place, report: null, known: 0, error: (error as Error).message };
  }
}

/** Null where a recording has no read of the URL. */
async function reportOf(target: Target, options: AuditOptions): Promise<Report | null> {
  const { url, recorded, promises, headers: required = [] } = target;
  if (recorded) return auditRecorded(recorded, options);
  const { headers: given = [] } = options;
  const isGiven = (name: string) => given.some(([one]) => one.toLowerCase() === name.toLowerCase());
  const headers = [...required.filter(([name]) => !isGiven(name)), ...given];
  return audit(url, { ...options, headers, promises });
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
    case 'hurl':
      return toHurl(run);
    case 'text':
      return toText(run, { isVerbose, isColored });
  }
}

function exitCodeOf(run: readonly Audited[], { failOn, targets }: Arguments): number {
  const findings = run.flatMap(({ report }) => report?.findings ?? []);
  if (failOn !== null && findings.some(({ severity }) => isAtLeast(severity, failOn))) return 1;
  const isWhole = (report: Report | null) => report !== null && report.stopped === null && report.isRestored !== false;
  return run.length === targets.length && run.every(({ report }) => isWhole(report)) ? 0 : 3;
}
