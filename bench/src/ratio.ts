import type { Measured } from './measure.ts';

/** What the rounds of all processes come to. */
export interface Ratio {
  work: string;
  peer: string;
  contender: string;
  target: number | null;
  median: number;
  lowerQuartile: number;
  upperQuartile: number;
}

/** The value below which a share of the sorted values lies. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return low + (high - low) * (at % 1);
}

/** The ratio of one contender, from what each process measured of it. */
export function ratio(work: string, measured: readonly Measured[]): Ratio {
  const { peer, contender, target } = measured[0] as Measured;
  const sorted = measured.flatMap(({ perRound }) => perRound).sort((a, b) => a - b);
  const [lowerQuartile, median, upperQuartile] = [
    quantile(sorted, 0.25),
    quantile(sorted, 0.5),
    quantile(sorted, 0.75),
  ];
  return { work, peer, contender, target, median, lowerQuartile, upperQuartile };
}

/** How a ratio stands to its target; `gross` is less than half of it. */
export function verdict({ median, target }: Ratio): 'ok' | 'short' | 'gross' | '' {
  if (target === null) return '';
  if (median >= target) return 'ok';
  return median >= target / 2 ? 'short' : 'gross';
}
