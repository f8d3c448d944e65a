import type { WriteFailure } from '../compare-and-set.ts';
import { isKnownFailure, isOfConnecting } from '../known-failure.ts';

/** What mysql2 says of a statement that it did not send, since its connection is closed. */
const NOT_SENT = /connection is in closed state$/;

/** ER_NET_PACKET_TOO_LARGE: the server did not read it to its end. */
const TOO_LARGE = 1153;

/**
 * The server tells that the connection ends, whatever the statement has come to: ER_NORMAL_SHUTDOWN,
 * ER_SHUTDOWN_COMPLETE, ER_ERROR_DURING_COMMIT, ER_CONNECTION_KILLED, ER_SERVER_ISNT_AVAILABLE,
 * ER_CLIENT_INTERACTION_TIMEOUT. Class 08S is a communication link failure.
 */
const ENDED = [1077, 1079, 1180, 1927, 3168, 4031];

/** ER_LOCK_WAIT_TIMEOUT, and ER_CHECKREAD of MariaDB: somebody else wrote since the snapshot was made. */
const IN_THE_WAY = [1205, 1020];

/**
 * What an error says of the statement that it ended, one that is a transaction of its own.
 *
 * @see https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
 * @see https://mariadb.com/kb/en/mariadb-error-code-reference/
 */
export function mysqlFailure(error: unknown): WriteFailure {
  const { message, errno, sqlState, sqlMessage } = Object(error) as Record<string, unknown>;
  if (isKnownFailure(error) || isOfConnecting(error) || NOT_SENT.test(String(message))) return 'failed';
  if (errno === TOO_LARGE) return 'failed';
  // Only what the server sent has an SQL message.
  if (sqlMessage === undefined || ENDED.includes(Number(errno)) || String(sqlState).startsWith('08S')) return 'unknown';
  return isConflict(error) ? 'conflict' : 'failed';
}

/**
 * Whether others were in the way. Class 40 is a transaction rollback: a deadlock, or a conflict with another node of a
 * cluster.
 */
export function isConflict(error: unknown): boolean {
  const { errno, sqlState } = Object(error) as Record<string, unknown>;
  return String(sqlState).startsWith('40') || IN_THE_WAY.includes(Number(errno));
}

/** ER_CANT_AGGREGATE_2COLLATIONS: a key has characters that its column cannot have. */
export function isUnreadable(error: unknown): boolean {
  return (Object(error) as { errno?: unknown }).errno === 1267;
}

/** ER_DUP_ENTRY: a unique index has such a row already. */
export function isDuplicate(error: unknown): boolean {
  return (Object(error) as { errno?: unknown }).errno === 1062;
}
