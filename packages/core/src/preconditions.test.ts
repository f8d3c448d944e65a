import { expect, it } from 'vitest';
import { evaluatePreconditions } from './index.ts';

it.each([
  [199, 'proceed'],
  [200, 'not-modified'],
  [299, 'not-modified'],
  [300, 'proceed'],
  [411, 'proceed'],
  [412, 'not-modified'],
  [413, 'proceed'],
])('§13.2.1 where the status would be %d, If-None-Match with the current tag comes to %s', (status, outcome) => {
  const request = { method: 'GET', headers: { 'if-none-match': '"v7"' } };
  expect(evaluatePreconditions(request, { etag: '"v7"' }, { status }).outcome).toBe(outcome);
});
