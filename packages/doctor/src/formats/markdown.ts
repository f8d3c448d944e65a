import type { Finding } from '../report.ts';
import { type Audited, projectionLine, remedyOf, verdictLine } from './audited.ts';
import { markdownCode, markdownText } from './escape.ts';

/** The result of a run as Markdown, for the summary of a job. */
export function toMarkdown(run: readonly Audited[]): string {
  return ['# etag-doctor', ...run.map(sectionOf)].join('\n\n');
}

function sectionOf(audited: Audited): string {
  const findings = audited.report?.findings ?? [];
  const projection = audited.report && projectionLine(audited.report);
  const verdict = [verdictLine(audited), ...(projection ? [projection] : [])].map(markdownText).join('\n\n');
  if (findings.length === 0) return verdict;
  const rows = findings.map((finding) => `| ${cellsOf(finding).join(' | ')} |`);
  const table = ['| severity | check | expected | seen | fix |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
  const commands = findings.flatMap(({ id, requests }) => requests.map((line) => `- ${id}: ${markdownCode(line)}`));
  const requests = ['<details><summary>The requests that show it</summary>', commands.join('\n'), '</details>'];
  return [verdict, table, ...requests].join('\n\n');
}

function cellsOf(finding: Finding): string[] {
  const { id, url, severity, expected, seen, configuration } = finding;
  const remedy = configuration
    ? `${configuration.server}: ${markdownCode(configuration.text)}`
    : markdownText(remedyOf(finding));
  return [severity, `[${id}](${url})`, markdownText(expected), markdownText(seen), remedy];
}
