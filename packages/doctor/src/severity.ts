/**
 * How bad a finding is.
 *
 * - `critical`: readers get wrong content, or writes are lost
 * - `error`: a promise of the standard is broken, and something does not work because of it
 * - `warning`: it works, but not for everybody, or at a price
 * - `note`: worth knowing
 */
export type Severity = 'critical' | 'error' | 'warning' | 'note';

/** All severities, the worst first. */
export const severities: readonly Severity[] = ['critical', 'error', 'warning', 'note'];

/** Whether a severity is at least as bad as another one. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(least);
}
