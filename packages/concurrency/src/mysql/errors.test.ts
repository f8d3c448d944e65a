import { expect, test } from 'vitest';
import type { WriteFailure } from '../compare-and-set.ts';
import { knownFailure } from '../known-failure.ts';
import { mysqlFailure } from './errors.ts';

/** An error as mysql2 makes it of a packet of the server's. */
const sent = (errno: number, sqlState: string) => {
  return Object.assign(new Error('of the server'), { errno, sqlState, sqlMessage: 'of the server' });
};
const own = (message: string, rest: object) => Object.assign(new Error(message), rest);

test.each<[name: string, failure: WriteFailure, error: unknown]>([
  ['ER_LOCK_DEADLOCK', 'conflict', sent(1213, '40001')],
  ['ER_TRANSACTION_ROLLBACK_DURING_COMMIT, by group replication', 'conflict', sent(3101, '40000')],
  ['ER_LOCK_WAIT_TIMEOUT', 'conflict', sent(1205, 'HY000')],
  ['ER_CHECKREAD', 'conflict', sent(1020, 'HY000')],
  ['ER_DUP_ENTRY', 'failed', sent(1062, '23000')],
  ['ER_DATA_TOO_LONG', 'failed', sent(1406, '22001')],
  ['ER_QUERY_INTERRUPTED', 'failed', sent(1317, '70100')],
  ['ER_STATEMENT_TIMEOUT of MariaDB', 'failed', sent(1969, '70100')],
  ['ER_QUERY_TIMEOUT of MySQL', 'failed', sent(3024, 'HY000')],
  ['ER_OPTION_PREVENTS_STATEMENT, after a failover', 'failed', sent(1290, 'HY000')],
  ['ER_ACCESS_DENIED_ERROR, while it connects', 'failed', sent(1045, '28000')],
  ['ER_CON_COUNT_ERROR, while it connects', 'failed', sent(1040, '08004')],
  ['ER_SERVER_SHUTDOWN', 'unknown', sent(1053, '08S01')],
  ['ER_NET_READ_ERROR', 'unknown', sent(1158, '08S01')],
  ['ER_NORMAL_SHUTDOWN', 'unknown', sent(1077, 'HY000')],
  ['ER_ERROR_DURING_COMMIT', 'unknown', sent(1180, 'HY000')],
  ['ER_CONNECTION_KILLED', 'unknown', sent(1927, '70100')],
  ['ER_CLIENT_INTERACTION_TIMEOUT', 'unknown', sent(4031, 'HY000')],
  ['nobody who listens', 'failed', own('connect ECONNREFUSED', { code: 'ECONNREFUSED', syscall: 'connect' })],
  ['a name that nobody has', 'failed', own('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
  ['a connection that was to be had nowhere', 'failed', knownFailure(own('Queue limit reached.', {}))],
  ['ER_NET_PACKET_TOO_LARGE', 'failed', sent(1153, '08S01')],
  ['a reset', 'unknown', own('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read', errno: -104 })],
  ['the end of the connection', 'unknown', own('Connection lost', { code: 'PROTOCOL_CONNECTION_LOST', fatal: true })],
  ['a timeout of the driver', 'unknown', own('Query inactivity timeout', { code: 'PROTOCOL_SEQUENCE_TIMEOUT' })],
  ['a signal', 'unknown', new DOMException('aborted', 'AbortError')],
  ['nothing', 'unknown', undefined],
])('%s: %s', (_, failure, error) => {
  expect(mysqlFailure(error)).toBe(failure);
});
