import type { PerDay } from './report.ts';

const DAY = 86_400;

/** What many readers take in a day, at the measured sizes; null where nobody said how many they are. */
export function savedPerDay(
  { full, notModified }: { full: number; notModified: number },
  clients: number | undefined,
  interval = 60,
): PerDay | null {
  if (clients === undefined) return null;
  const reads = (clients * DAY) / interval;
  return { clients, interval, full: Math.round(full * reads), notModified: Math.round(notModified * reads) };
}
