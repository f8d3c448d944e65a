/** A vector or a scenario that a server did not pass. */
export interface Failure {
  id: string;
  title: string;
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
  /** Null when it was passed. */
  failure: { expected: string; got: string } | null;
}

/** Sums up results by section. */
export function reportOf(origin: string, results: readonly Result[]): Report {
  const sections = new Map<string, SectionResult>();
  const failures: Failure[] = [];
  for (const { id, section, title, failure } of results) {
    const result = sections.get(section) ?? { section, passed: 0, failed: 0 };
    sections.set(section, result);
    if (failure) {
      result.failed++;
      failures.push({ id, title, ...failure });
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

/** A report as text: a table by section, then every failure. */
export function formatReport({ origin, passed, failed, sections, failures }: Report): string {
  const rows = [
    ['section', 'passed', 'failed'],
    ...sections.map((row) => [`§${row.section}`, `${row.passed}`, row.failed === 0 ? '' : `${row.failed}`]),
    ['all', `${passed}`, failed === 0 ? '' : `${failed}`],
  ];
  const table = rows.map(([section = '', ...counts]) => {
    return `${section.padEnd(10)}${counts.map((count) => count.padStart(8)).join('')}`.trimEnd();
  });
  const details = failures.map(
    ({ id, title, expected, got }) => `${id}\n  ${title}\n  expected  ${expected}\n  got       ${got}`,
  );
  return [origin, table.join('\n'), ...details].join('\n\n');
}
