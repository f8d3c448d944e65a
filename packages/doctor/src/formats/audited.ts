import type { Finding, Report } from '../report.ts';
import { type Severity, severities } from '../severity.ts';

/** A URL of a run, and what came of it. */
export interface Audited {
  readonly url: string;
  /** The line that names it in a file of URLs; null where it comes from the command line. */
  readonly place: { readonly file: string; readonly line: number } | null;
  /** Null where the audit did not come to a result. */
  readonly report: Report | null;
  /** How many findings are left out, since a baseline has them. */
  readonly known: number;
  /** Why it did not; null where it did. */
  readonly error: string | null;
}

const PLURALS: Record<Severity, string> = {
  critical: 'critical',
  error: 'errors',
  warning: 'warnings',
  note: 'notes',
};

/** How many findings there are of each severity: `1 critical, 2 errors`. */
export function countsOf(findings: readonly Finding[]): string {
  const counts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? severity : PLURALS[severity]}`];
  });
  return counts.join(', ');
}

/** The verdict on a URL in one line. */
export function verdictLine({ url, report, known, error }: Audited): string {
  if (!report) return `${url}: not audited. ${error}`;
  const { findings, passed, savings, stopped, isRestored } = report;
  const nothing = known > 0 ? 'nothing new found' : 'nothing found';
  const counts =
    findings.length === 0
      ? `${nothing}, ${passed.length} ${passed.length === 1 ? 'check' : 'checks'} passed`
      : countsOf(findings);
  const before = known > 0 ? `; ${known} known before` : '';
  const saves = savings ? `; a 304 takes ${bytes(savings.notModified)} instead of ${bytes(savings.full)}` : '';
  const cut = stopped ? `; not all was asked. ${stopped}` : '';
  const left = isRestored === false ? '; what was there before could not be put back. Look at it.' : '';
  return `${report.url}: ${counts}${before}${saves}${cut}${left}`;
}

/** What revalidation saves many readers, in one line; null where nobody said how many they are. */
export function projectionLine({ savings }: Report): string | null {
  const perDay = savings?.perDay;
  if (!perDay) return null;
  const { clients, interval, full, notModified } = perDay;
  const readers = `${clients.toLocaleString('en-US')} ${clients === 1 ? 'client' : 'clients'}`;
  const readings = `${readers}, one read in ${interval.toLocaleString('en-US')} s each`;
  return `${readings}: ${volume(notModified)} a day instead of ${volume(full)}`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Many bytes for people, in powers of 1,000. */
export function volume(count: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(count, 1)) / 3)));
  const digits = power === 0 ? 0 : 1;
  return `${(count / 1000 ** power).toFixed(digits)} ${UNITS[power]}`;
}

/** A number of bytes for people. */
export function bytes(count: number): string {
  return `${count.toLocaleString('en-US')} bytes`;
}

/** The best things to do, the most urgent first: one for findings that the same step mends. */
export function fixesOf({ findings }: Report): readonly Finding[] {
  const stepOf = ({ configuration, fix }: Finding) => configuration?.text ?? fix;
  return findings.filter((finding, index) => findings.findIndex((one) => stepOf(one) === stepOf(finding)) === index);
}

/** What mends a finding: the line of configuration where it is known. */
export function remedyOf({ configuration, fix }: Finding): string {
  return configuration ? `${configuration.server}: ${configuration.text}` : fix;
}
