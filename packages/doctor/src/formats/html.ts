import type { Finding, Report } from '../report.ts';
import { type Audited, bytes, projectionLine, verdictLine } from './audited.ts';
import { markup } from './escape.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --bad: #c0262d; --warn: #b26a00; --good: #1a7f4b; --info: #3a6ea5; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; overflow-wrap: anywhere; } h3 { font-size: 1rem; margin: 0 0 .5rem; }
article { border: 1px solid var(--line); border-left: .4rem solid var(--info); border-radius: .3rem; margin: 1rem 0; padding: 1rem; }
.critical, .error { border-left-color: var(--bad); } .warning { border-left-color: var(--warn); }
dl { display: grid; gap: .2rem 1rem; grid-template-columns: max-content 1fr; margin: 0; } dt { opacity: .7; }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; } pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0; }
code, pre { font: .85rem/1.4 ui-monospace, monospace; } summary { cursor: pointer; } svg { max-width: 40rem; } section + section { border-top: 1px solid var(--line); margin-top: 2rem; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; } }`;

/** The result of a run as a page that needs nothing else: no script, no other file. */
export function toHtml(run: readonly Audited[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>etag-doctor</title>
<style>${STYLE}</style>
</head>
<body>
<h1>etag-doctor</h1>
${run.map(sectionOf).join('\n')}
</body>
</html>`;
}

function sectionOf(audited: Audited): string {
  const { report } = audited;
  const parts = report ? [chartOf(report), ...report.findings.map(articleOf), restOf(report)] : [];
  return `<section>\n<h2>${markup(verdictLine(audited))}</h2>\n${parts.join('\n')}\n</section>`;
}

function articleOf({ id, url, title, section, severity, ...finding }: Finding): string {
  return `<article class="${severity}">
<h3>${severity}: ${id}</h3>
<dl><dt>rule</dt><dd>${markup(title)}</dd>
${rowsOf(finding)}
<dt>more</dt><dd><a href="${markup(url)}">about this check</a>, ${markup(section)}</dd></dl>
</article>`;
}

function rowsOf({
  expected,
  seen,
  fix,
  configuration,
  requests,
}: Pick<Finding, 'expected' | 'seen' | 'fix' | 'configuration' | 'requests'>): string {
  const rows: [string, string][] = [
    ['expected', markup(expected)],
    ['seen', markup(seen)],
    ['fix', markup(fix)],
  ];
  if (configuration) {
    const { server, text, source, isTested } = configuration;
    const origin = isTested ? 'its documentation' : 'from its documentation, not tried here';
    rows.push([server, `<code>${markup(text)}</code> (<a href="${markup(source)}">${origin}</a>)`]);
  }
  if (requests.length > 0) {
    const lines = requests.map((line) => `<pre>${markup(line)}</pre>`).join('');
    rows.push([
      'try',
      `<details><summary>${requests.length === 1 ? 'the request' : `${requests.length} requests`}</summary>${lines}</details>`,
    ]);
  }
  return rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('\n');
}

function projectionOf(report: Report): string {
  const line = projectionLine(report);
  return line === null ? '' : `\n<p>${markup(line)}</p>`;
}

/** Two bars: what a full response takes, and what a 304 takes. Their lengths are shares of the page, so that the text keeps its size. */
function chartOf(report: Report): string {
  const { savings } = report;
  if (!savings) return '';
  const { full, notModified } = savings;
  const most = Math.max(full, notModified, 1);
  const bar = (y: number, count: number, color: string, name: string) => {
    const share = ((count / most) * 100).toFixed(1);
    return `<text x="0" y="${y}" font-size="14" fill="currentColor">${name}: ${bytes(count)}</text>
<rect x="0" y="${y + 6}" width="${share}%" height="14" rx="2" fill="${color}"/>`;
  };
  return `<svg width="100%" height="84" role="img" aria-label="Bytes on the wire: ${full} for a 200, ${notModified} for a 304">
${bar(16, full, 'var(--warn)', 'a 200')}
${bar(62, notModified, 'var(--good)', 'a 304')}
</svg>${projectionOf(report)}`;
}

function restOf({ passed, skipped, undecided, servers, hops, requests, duration }: Report): string {
  const list = (items: readonly string[]) => `<ul>${items.map((item) => `<li>${markup(item)}</li>`).join('')}</ul>`;
  const fold = (name: string, items: readonly string[]) =>
    items.length === 0 ? '' : `<details><summary>${name} (${items.length})</summary>${list(items)}</details>`;
  return [
    fold('checks passed', passed),
    fold(
      'did not apply',
      skipped.map(({ id, why }) => `${id}: ${why}`),
    ),
    fold('cannot be seen from outside', undecided),
    fold('fields of hops', hops),
    `<p>${requests} requests in ${duration} ms. Servers: ${markup(servers.join(', ') || 'none that says what it is')}.</p>`,
  ].join('\n');
}
