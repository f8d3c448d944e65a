import { readFileSync, writeFileSync } from 'node:fs';
import { optional } from 'servers';
import { audit } from '../src/audit.ts';
import { checks } from '../src/checks.ts';
import type { Report } from '../src/report.ts';
import type { Subject } from './subject.ts';
import { subjects } from './subjects.ts';

// Audits servers that nobody here wrote, and our own adapters, and writes what the audits gave into docs/origins.md:
//   pnpm origins [--check]
// With --check nothing is written, and a page that says otherwise is a failure. A server that cannot be had here is left out.

const PAGE = new URL('../../../docs/origins.md', import.meta.url);

interface Column {
  readonly subject: Subject;
  readonly version: string;
  readonly report: Report;
}

async function auditSubject(subject: Subject): Promise<Column | null> {
  const started = await optional(subject.name, () => subject.start());
  if (!started) return null;
  const { url, version, stop } = started;
  try {
    const report = await audit(url);
    console.log(`${subject.name}: ${report.findings.map(({ id }) => id).join(', ') || 'nothing found'}`);
    return { subject, version, report };
  } finally {
    await stop();
  }
}

/** What a check found at a server: its severity, `ok`, or nothing where it does not apply. */
function cell({ report }: Column, id: string): string {
  const finding = report.findings.find((one) => one.id === id);
  if (finding) return `**${finding.severity}**`;
  return report.passed.includes(id) ? 'ok' : '';
}

function tableOf(columns: readonly Column[]): string {
  const rows = checks.map(({ id }) => [`[${id}](doctor.md#${id})`, ...columns.map((column) => cell(column, id))]);
  // A check that applies to none of them says nothing here.
  const telling = rows.filter(([, ...cells]) => cells.some((one) => one !== ''));
  const head = ['check', ...columns.map(({ subject }) => subject.name)];
  const lines = [head, head.map(() => '---'), ...telling];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function pageOf(columns: readonly Column[]): string {
  const files = columns.filter(({ subject }) => subject.kind === 'file');
  const applications = columns.filter(({ subject }) => subject.kind === 'application');
  const proxies = columns.filter(({ subject }) => subject.kind === 'proxy');
  const list = (some: readonly Column[]) =>
    some
      .map(({ subject, version }) => `- ${subject.name}: ${[version, subject.note].filter(Boolean).join('; ')}`)
      .join('\n');
  return `# What origins answer

What a default run of [@etag/doctor](../packages/doctor) found when this repository ran it against servers on this machine.
\`pnpm origins\` writes this page. \`ok\` is a check that passed, an empty cell one that does not
apply, for example because the server has no codings or no dates. Other versions and other settings may differ.

## One file of 3.6 kB, as JSON

${list(files)}

${tableOf(files)}

## A handler whose content is tagged

${list(applications)}

${tableOf(applications)}

## Through a proxy

${list(proxies)}

${tableOf(proxies)}
`;
}

const columns: Column[] = [];
for (const subject of subjects) {
  const column = await auditSubject(subject);
  if (column) columns.push(column);
}
const page = pageOf(columns);
if (process.argv.includes('--check')) {
  if (readFileSync(PAGE, 'utf8') !== page) {
    console.error('docs/origins.md says otherwise: pnpm origins writes it anew');
    process.exitCode = 1;
  }
} else {
  writeFileSync(PAGE, page);
}
