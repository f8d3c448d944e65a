import type { WriteFailure } from '@etag/concurrency';
import { postgresFailure } from '@etag/concurrency/postgres';

/**
 * What an error says of the statement that it ended, on PostgreSQL or SQLite.
 *
 * @param error - of the driver, or of a library that wraps it
 */
export function failureOf(error: unknown): WriteFailure {
  const driverError = driverErrorOf(error);
  const { code } = Object(driverError) as { code?: unknown };
  // SQLite has undone what it could not do.
  if (/^SQLITE_/.test(`${code}`)) return /^SQLITE_(BUSY|LOCKED)/.test(`${code}`) ? 'conflict' : 'failed';
  return postgresFailure(driverError);
}

/** The error of the driver: TypeORM calls it driverError, Sequelize parent, the others cause. */
function driverErrorOf(error: unknown): unknown {
  const { driverError, parent, cause, severity } = Object(error) as Readonly<Record<string, unknown>>;
  const inner = driverError ?? parent ?? cause;
  return inner && severity === undefined ? driverErrorOf(inner) : error;
}
