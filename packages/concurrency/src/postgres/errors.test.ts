import { expect, test } from 'vitest';
import { postgresFailure } from './errors.ts';

const error = (message: string, code: string, severity: string) =>
  Object.assign(new Error(message), { code, severity });

test('what PgBouncer had in its queue for too long was never sent', () => {
  expect(postgresFailure(error('query_wait_timeout', '08P01', 'FATAL'))).toBe('failed');
});

test.each(['server conn crashed?', 'query_timeout', 'client_idle_timeout'])(
  'what it ended otherwise may have been written: %s',
  (message) => {
    expect(postgresFailure(error(message, '08P01', 'FATAL'))).toBe('unknown');
  },
);

test('the words alone say nothing', () => {
  expect(postgresFailure(error('query_wait_timeout', '57P01', 'FATAL'))).toBe('unknown');
  expect(postgresFailure(new Error('query_wait_timeout'))).toBe('unknown');
});
