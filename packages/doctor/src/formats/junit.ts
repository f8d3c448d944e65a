import type { Finding, Report } from '../report.ts';
import { isAtLeast, type Severity } from '../severity.ts';
import { type Audited, remedyOf } from './audited.ts';
import { markup } from './escape.ts';

/**
 * The result of a run as JUnit's XML: a suite for each URL, a case for each check.
 *
 * @param failOn - the least severity that is a failure; null for none
 */
export function toJunit(run: readonly Audited[], failOn: Severity | null): string {
  const suites = run.map((audited) => suiteOf(audited, failOn));
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="etag-doctor">', ...suites, '</testsuites>'].join(
    '\n',
  );
}

function suiteOf({ url, report, error }: Audited, failOn: Severity | null): string {
  const name = markup(url);
  if (!report) {
    return `<testsuite name="${name}" tests="1" failures="0" errors="1" skipped="0">\n${errorOf(name, error ?? '')}\n</testsuite>`;
  }
  const cases = casesOf(name, report, failOn);
  const failures = cases.filter((one) => one.includes('<failure ')).length;
  const time = (report.duration / 1000).toFixed(3);
  const errors = report.stopped === null ? [] : [errorOf(name, report.stopped)];
  const all = [...cases, ...errors];
  const counts = `tests="${all.length}" failures="${failures}" errors="${errors.length}" skipped="${report.skipped.length}" time="${time}"`;
  return `<testsuite name="${name}" ${counts}>\n${all.join('\n')}\n</testsuite>`;
}

/** The audit itself, which came to no result or not to all. */
const errorOf = (name: string, why: string) =>
  `<testcase classname="${name}" name="audit"><error message="${markup(why)}"/></testcase>`;

function casesOf(name: string, { passed, skipped, findings }: Report, failOn: Severity | null): string[] {
  const open = (id: string) => `<testcase classname="${name}" name="${id}"`;
  return [
    ...findings.map((finding) => `${open(finding.id)}>${outcomeOf(finding, failOn)}</testcase>`),
    ...passed.map((id) => `${open(id)}/>`),
    ...skipped.map(({ id, why }) => `${open(id)}><skipped message="${markup(why)}"/></testcase>`),
  ];
}

function outcomeOf(finding: Finding, failOn: Severity | null): string {
  const { severity, expected, seen, requests } = finding;
  const text = [`expected: ${expected}`, `seen: ${seen}`, remedyOf(finding), ...requests].map(markup).join('\n');
  if (failOn === null || !isAtLeast(severity, failOn)) return `<system-out>${severity}\n${text}</system-out>`;
  return `<failure type="${severity}" message="${markup(`expected ${expected}, seen ${seen}`)}">${text}</failure>`;
}
