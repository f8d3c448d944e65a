import { isEtagError } from '@etag/core';
import { expect, test } from 'vitest';
import { OutcomeUnknownError } from './errors.ts';

test('an unknown outcome is an error of these packages and becomes a 500, never a 412', async () => {
  const cause = new Error('connection reset');
  const error = new OutcomeUnknownError({ cause });
  expect(isEtagError(error)).toBe(true);
  expect(error).toMatchObject({ name: 'OutcomeUnknownError', code: 'ETAG_OUTCOME_UNKNOWN', status: 500, cause });
  const response = error.getResponse();
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ status: 500, reason: 'unknown' });
});
