import type { Audited } from './formats/audited.ts';

/** What was found before: a key for each URL and check. */
export type Baseline = ReadonlySet<string>;

const keyOf = (url: string, id: string) => `${url}\n${id}`;

/**
 * Reads what an earlier run found.
 *
 * @param text - what it printed with `--json`
 * @throws Error for anything else, with a text for its user
 */
export function baselineOf(text: string): Baseline {
  const keys = keysOf(text);
  if (keys === null) throw new Error('Not a baseline: give what a run with --json printed.');
  return new Set(keys);
}

function keysOf(text: string): string[] | null {
  try {
    const run: unknown = JSON.parse(text);
    if (!Array.isArray(run)) return null;
    return run.flatMap(({ url, report }) => {
      if (typeof url !== 'string') throw new TypeError('no url');
      const findings: { id: unknown }[] = report?.findings ?? [];
      return findings.map(({ id }) => keyOf(url, String(id)));
    });
  } catch {
    return null;
  }
}

/** A result without what a baseline has. */
export function withoutKnown(audited: Audited, baseline: Baseline): Audited {
  const { url, report } = audited;
  if (!report) return audited;
  const findings = report.findings.filter(({ id }) => !baseline.has(keyOf(url, id)));
  return { ...audited, report: { ...report, findings }, known: report.findings.length - findings.length };
}
