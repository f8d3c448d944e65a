import type { Scenario } from './scenario.ts';

/** A vector or a scenario that a server did not pass. */
export interface Failure {
  id: string;
  title: string;
  /** Of a scenario: whether the standard asks for it, or leaves it open. */
  kind?: Scenario['kind'];
  expected: string;
  got: string;
}

/** How a server did in one section of the standard. */
export interface SectionResult {
  section: string;
  passed: number;
  failed: number;
}

/** What a run of the suite found. */
export interface Report {
  origin: string;
  passed: number;
  failed: number;
  /** In the order of the standard. */
  sections: SectionResult[];
  failures: Failure[];
}

/** The result of one vector or scenario. */
export interface Result {
  id: string;
  section: string;
  title: string;
  kind?: Scenario['kind'];
  /** Null when it was passed. */
  failure: { expected: string; got: string } | null;
}

/** Sums up results by section. */
export function reportOf(origin: string, results: readonly Result[]): Report {
  const sections = new Map<string, SectionResult>();
  const failures: Failure[] = [];
  for (const { id, section, title, kind, failure } of results) {
    const result = sections.get(section) ?? { section, passed: 0, failed: 0 };
    sections.set(section, result);
    if (failure) {
      result.failed++;
      failures.push({ id, title, ...(kind && { kind }), ...failure });
    } else {
      result.passed++;
    }
  }
  return {
    origin,
    passed: results.length - failures.length,
    failed: failures.length,
    sections: [...sections.values()].sort((a, b) => a.section.localeCompare(b.section, 'en', { numeric: true })),
    failures,
  };
}

const KINDS: Readonly<Record<Scenario['kind'], string>> = {
  required: 'required by the standard',
  choice: 'our choice: the standard leaves it open',
};

/** What a server sent, without the control characters that would move a terminal's cursor or change its colours. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/**
 * A report as text: a table by section, then every failure.
 *
 * @param report - of a run
 * @returns lines for a terminal
 */
export function formatReport({ origin, passed, failed, sections, failures }: Report): string {
  const rows = [
    ['section', 'passed', 'failed'],
    ...sections.map((row) => [`§${row.section}`, `${row.passed}`, row.failed === 0 ? '' : `${row.failed}`]),
    ['all', `${passed}`, failed === 0 ? '' : `${failed}`],
  ];
  const table = rows.map(([section = '', ...counts]) => {
    return `${section.padEnd(10)}${counts.map((count) => count.padStart(8)).join('')}`.trimEnd();
  });
  const details = failures.map(({ id, title, kind, expected, got }) => {
    const lines = [
      id,
      `  ${title}`,
      ...(kind ? [`  ${KINDS[kind]}`] : []),
      `  expected  ${expected}`,
      `  got       ${got}`,
    ];
    return lines.map(printable).join('\n');
  });
  return [origin, table.join('\n'), ...details].join('\n\n');
}
