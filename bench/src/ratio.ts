import type { Allocated } from './allocated.ts';
import { type Aim, type Measured, NOT_SLOWER } from './measure.ts';

/** What the rounds of all processes come to. */
export interface Ratio extends Aim {
  work: string;
  median: number;
  lowerQuartile: number;
  upperQuartile: number;
  /** The median by the time that passed; the others are by CPU time. */
  medianByClock: number;
  /** Bytes allocated by the measured subject and by the other; null where they were not counted. */
  allocated: [measured: number, against: number] | null;
}

/** The value below which a share of the sorted values lies. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return low + (high - low) * (at % 1);
}

/** The ratio of one aim, from what each process measured of it. */
export function ratio(work: string, measured: readonly Measured[], allocated: Allocated | null): Ratio {
  const { ratios: _, ratiosByClock: __, ...aim } = measured[0] as Measured;
  const sorted = measured.flatMap(({ ratios }) => ratios).sort((a, b) => a - b);
  const byClock = measured.flatMap(({ ratiosByClock }) => ratiosByClock).sort((a, b) => a - b);
  return {
    work,
    ...aim,
    median: quantile(sorted, 0.5),
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
    medianByClock: quantile(byClock, 0.5),
    allocated: allocated && [allocated[aim.measured] ?? Number.NaN, allocated[aim.against] ?? Number.NaN],
  };
}

/** How a ratio stands to its target; `gross` is less than half of it, `even` a difference that the rounds do not tell. */
export function verdict({ median, upperQuartile, target }: Ratio): 'ok' | 'even' | 'short' | 'gross' | '' {
  if (target === undefined) return '';
  if (median >= target) return 'ok';
  if (target === NOT_SLOWER && upperQuartile >= NOT_SLOWER) return 'even';
  return median >= target / 2 ? 'short' : 'gross';
}
