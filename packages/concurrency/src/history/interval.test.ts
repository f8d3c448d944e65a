import { expect, test } from 'vitest';
import { type Interval, NEVER, overlap, within } from './interval.ts';

const span = (from: number, to: number): Interval => ({ from, to });

test.each<[a: Interval, b: Interval, isShared: boolean]>([
  [span(0, 2), span(1, 3), true],
  [span(0, 1), span(1, 2), true],
  [span(0, 1), span(2, 3), false],
  [span(0, 9), span(2, 3), true],
  [span(0, 1), NEVER, false],
  [span(0, 1), span(0, Number.POSITIVE_INFINITY), true],
])('%j and %j share a moment: %j', (a, b, isShared) => {
  expect([overlap(a, b), overlap(b, a)]).toEqual([isShared, isShared]);
});

test.each<[inner: Interval, outer: Interval, isInside: boolean]>([
  [span(1, 2), span(0, 3), true],
  [span(0, 3), span(0, 3), true],
  [span(0, 2), span(1, 3), false],
  [span(1, 4), span(0, 3), false],
  [span(0, 1), NEVER, false],
])('%j lies inside of %j: %j', (inner, outer, isInside) => {
  expect(within(inner, outer)).toBe(isInside);
});
