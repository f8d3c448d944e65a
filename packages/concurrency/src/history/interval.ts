/** A span of time, in ms of one monotonic clock; infinite where it is not known when it began or ended. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** No time at all. */
export const NEVER: Interval = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };

/** Whether two spans share a moment. */
export function overlap(a: Interval, b: Interval): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** Whether a span lies inside of another one. */
export function within(inner: Interval, outer: Interval): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}
