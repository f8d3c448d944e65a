import type { Configuration } from '../configuration.ts';
import type { Finding, Report } from '../report.ts';
import type { Severity } from '../severity.ts';
import { type Audited, fixesOf, projectionLine, remedyOf, verdictLine } from './audited.ts';
import { visible } from './escape.ts';

/** How much is said, and whether in colour. */
export interface TextOptions {
  readonly isVerbose: boolean;
  readonly isColored: boolean;
}

const MOST_FIXES = 3;

/** SGR parameters. */
const COLORS: Record<Severity, number> = { critical: 31, error: 31, warning: 33, note: 36 };

function severityText(severity: Severity, { isColored }: TextOptions): string {
  return isColored ? `\u001b[${COLORS[severity]}m${severity}\u001b[0m` : severity;
}

/** The result of a run for a terminal. */
export function toText(run: readonly Audited[], options: TextOptions): string {
  return run.map((audited) => textOf(audited, options)).join('\n\n');
}

function textOf(audited: Audited, options: TextOptions): string {
  const { report } = audited;
  const lines = [visible(verdictLine(audited))];
  const projection = report && projectionLine(report);
  if (projection) lines.push(projection);
  if (report) {
    lines.push(...(options.isVerbose ? everything(report, options) : fixes(report, options)));
  }
  return lines.join('\n');
}

function fixes(report: Report, options: TextOptions): string[] {
  const all = fixesOf(report);
  const lines = all.slice(0, MOST_FIXES).flatMap((finding, index) => {
    const { id, title, severity, seen, expected } = finding;
    const what = visible(`${id}: ${seen} (expected: ${expected})`);
    return [
      '',
      `${index + 1}. ${severityText(severity, options)} ${what}`,
      `   rule: ${title}`,
      `   fix:  ${visible(remedyOf(finding))}`,
    ];
  });
  if (lines.length === 0) return [];
  const more = report.findings.length - Math.min(all.length, MOST_FIXES);
  return [...lines, '', `--verbose shows the requests${more > 0 ? ` and ${more} more` : ''}.`];
}

function everything(report: Report, options: TextOptions): string[] {
  const { findings, passed, skipped, undecided, servers, hops, requests, duration } = report;
  return [
    ...findings.flatMap((finding) => ['', ...findingLines(finding, options)]),
    '',
    `servers: ${servers.join(', ') || 'none that says what it is'}`,
    ...(hops.length > 0 ? [visible(`on the way: ${hops.join('; ')}`)] : []),
    `${requests} requests in ${duration} ms`,
    '',
    `passed: ${passed.join(', ')}`,
    '',
    'did not apply:',
    ...skipped.map(({ id, why }) => visible(`  ${id}: ${why}`)),
    '',
    'cannot be seen from outside:',
    ...undecided.map((what) => `  ${what}`),
  ];
}

function findingLines(finding: Finding, options: TextOptions): string[] {
  const { id, title, section, severity, expected, seen, fix, configuration, requests, url } = finding;
  return [
    `${severityText(severity, options)} ${id} (${section})`,
    `  rule      ${title}`,
    visible(`  expected  ${expected}`),
    visible(`  seen      ${seen}`),
    `  fix       ${fix}`,
    ...(configuration
      ? [`  ${configuration.server.padEnd(9)} ${configuration.text}`, `            ${sourceOf(configuration)}`]
      : []),
    ...requests.map((line) => visible(`  try       ${line}`)),
    `  more      ${url}`,
  ];
}

function sourceOf({ source, isTested }: Configuration): string {
  return isTested ? source : `from its documentation, not tried here: ${source}`;
}
