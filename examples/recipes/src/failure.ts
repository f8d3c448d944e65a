import type { WriteFailure } from '@etag/concurrency';
import { postgresFailure } from '@etag/concurrency/postgres';

/**
 * What Knex, Sequelize and pg say where a pool had no connection to give, or could not make one in time: nothing was sent.
 * They have no code for it.
 */
const NO_CONNECTION = new RegExp(
  [
    '^KnexTimeoutError: .*Timeout acquiring a connection',
    '^SequelizeConnectionAcquireTimeoutError: ',
    '^\\w+: timeout (exceeded when trying to connect|expired)$',
    '^\\w+: Connection terminated due to connection timeout$',
  ].join('|'),
);

/**
 * What an error says of the statement that it ended, on PostgreSQL or SQLite.
 *
 * @param error - of the driver, or of a library that wraps it
 */
export function failureOf(error: unknown): WriteFailure {
  const errors = within(error);
  if (errors.some((each) => NO_CONNECTION.test(`${each}`))) return 'failed';
  const driverError = errors.at(-1);
  const { code } = Object(driverError) as { code?: unknown };
  // SQLite has undone what it could not do.
  if (/^SQLITE_/.test(`${code}`)) return /^SQLITE_(BUSY|LOCKED)/.test(`${code}`) ? 'conflict' : 'failed';
  return postgresFailure(driverError);
}

/** An error and those that it wraps, down to that of the driver: TypeORM calls it driverError, Sequelize parent, the others cause. */
function within(error: unknown): unknown[] {
  const { driverError, parent, cause, severity } = Object(error) as Readonly<Record<string, unknown>>;
  const inner = driverError ?? parent ?? cause;
  return inner && severity === undefined ? [error, ...within(inner)] : [error];
}
