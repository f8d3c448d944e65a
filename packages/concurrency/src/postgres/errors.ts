import type { WriteFailure } from '../compare-and-set.ts';
import { isKnownFailure, isOfConnecting } from '../known-failure.ts';

/** Others were there: serialization_failure, deadlock_detected, lock_not_available. */
const CONFLICT = /^(40001|40P01|55P03)$/;

/**
 * There was no connection to send anything on: too_many_connections, cannot_connect_now, and who may connect to what; and
 * what postgres.js says of one that was not made.
 */
const NOT_CONNECTED = /^(53300|57P03|28...|3D000|CONNECT_TIMEOUT|CONNECTION_ENDED)$/;

/** What PgBouncer says of a statement that got no connection of the server in time, under the code of a lost connection. */
const QUEUED = 'query_wait_timeout';

/** The connection was lost, the server goes down, or it cannot tell itself: statement_completion_unknown. */
const LOST = /^(08...|57P0.|40003)$/;

/**
 * What an error says of the statement that it ended, one that is a transaction of its own.
 *
 * @param error - of pg, postgres.js or PGlite
 * @returns unknown unless it is sure that nothing was written
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function postgresFailure(error: unknown): WriteFailure {
  const { code, severity, message } = Object(error) as { code?: unknown; severity?: unknown; message?: unknown };
  if (isKnownFailure(error) || NOT_CONNECTED.test(`${code}`) || isOfConnecting(error)) return 'failed';
  if (code === '08P01' && message === QUEUED) return 'failed';
  // FATAL may come after the commit: a backend that waits for its standbys when it is terminated has written.
  if (!severity || severity === 'FATAL' || severity === 'PANIC' || LOST.test(`${code}`)) return 'unknown';
  return CONFLICT.test(`${code}`) ? 'conflict' : 'failed';
}

/** Whether a transaction may go through when it runs again: serialization_failure, deadlock_detected. */
export function isConflict(error: unknown): boolean {
  return /^(40001|40P01)$/.test(codeOf(error));
}

/** Whether PostgreSQL could not read a parameter as its type: it is no integer or uuid, out of range, or has a NUL. */
export function isUnreadable(error: unknown): boolean {
  return /^22(P02|003|021)$/.test(codeOf(error));
}

/** division_by_zero, and not by a function: the check of a key that was written. */
export function isZeroDivision(error: unknown): boolean {
  return codeOf(error) === '22012' && !(Object(error) as { where?: unknown }).where;
}

/** invalid_sql_statement_name, duplicate_prepared_statement, and feature_not_supported: the cached plan has other columns. */
export function isUnprepared(error: unknown): boolean {
  return /^(26000|42P05|0A000)$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return String((Object(error) as { code?: unknown }).code);
}
