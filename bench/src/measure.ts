/** Something to be timed. */
export interface Subject {
  name: string;
  /** Does the work so many times, in a loop of its own, and returns what the results add up to. */
  run: (times: number) => number | Promise<number>;
  /** How many units of work one run is, where the sizes of work are compared. @default 1 */
  units?: number;
  /** The CPU time that the process which does the work has taken so far, in ms. @default that of this process */
  cpuTime?: () => number;
}

/** The target of an adapter against what its framework's users have without it. */
export const NOT_SLOWER = 1;

/** Which ratio of two subjects is shown. */
export interface Aim {
  measured: string;
  against: string;
  /** The ratio aimed at; left out where it is shown for orientation only. */
  target?: number;
}

/** The subjects of one comparison, made and checked. */
export interface Prepared {
  subjects: Subject[];
  aims: Aim[];
}

/** One subject held against a peer. */
export function against(peer: Subject, subject: Subject, target?: number): Prepared {
  return {
    subjects: [peer, subject],
    aims: [{ measured: subject.name, against: peer.name, ...(target && { target }) }],
  };
}

/** The same work done by several. */
export interface Comparison {
  work: string;
  /** Whether only the long form measures it. @default false */
  isLong?: boolean;
  /** Called in the process that measures: nothing else has run there. */
  prepare: () => Prepared | Promise<Prepared>;
}

/** What the rounds of one process say of one aim. A ratio above 1: the measured subject takes less than the other. */
export interface Measured extends Aim {
  /** By CPU time. */
  ratios: number[];
  /** By the time that passed. */
  ratiosByClock: number[];
}

export interface Effort {
  /** Fresh processes for each comparison. */
  processes: number;
  /** Rounds in each of them. */
  rounds: number;
  /** How long one subject runs before the next has its turn, in ms of CPU time. */
  turn: number;
  /** How long each subject runs before the rounds begin, in ms of CPU time. */
  warmUp: number;
}

/** What one run costs, in ms. */
interface Cost {
  clock: number;
  cpu: number;
}

// All threads count: those that compile and those that collect garbage are part of the cost.
function ownCpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// What the subjects return ends here, so that no engine may leave their work out.
let kept = 0;

async function costPerRun({ run, cpuTime = ownCpuTime }: Subject, times: number): Promise<Cost> {
  const [start, cpuStart] = [performance.now(), cpuTime()];
  kept += await run(times);
  return { clock: (performance.now() - start) / times, cpu: (cpuTime() - cpuStart) / times };
}

/** How often a subject must run to fill its turn; finding out warms it up. */
async function timesPerTurn(subject: Subject, { turn, warmUp }: Effort): Promise<number> {
  let times = 1;
  for (let spent = 0; spent < warmUp / 2; ) {
    const cpu = (await costPerRun(subject, times)).cpu * times;
    spent += cpu;
    times = Math.max(1, Math.ceil(times * Math.min(8, turn / cpu)));
  }
  return times;
}

/** Warms all subjects up, then times them in rounds: A B C, then C B A. */
export async function measure({ subjects, aims }: Prepared, effort: Effort): Promise<Measured[]> {
  for (const subject of subjects) await timesPerTurn(subject, effort);
  // Once more, now that the engine has seen all of them.
  const times: number[] = [];
  for (const subject of subjects) times.push(await timesPerTurn(subject, effort));

  const rounds: Map<string, Cost>[] = [];
  const order = [...subjects.entries()];
  for (let round = 0; round < effort.rounds; round++) {
    const costs = new Map(subjects.map(({ name }): [string, Cost] => [name, { clock: 0, cpu: 0 }]));
    for (const [index, subject] of [...order, ...order.slice().reverse()]) {
      const { clock, cpu } = await costPerRun(subject, times[index] ?? 1);
      const cost = costs.get(subject.name) as Cost;
      cost.clock += clock / (subject.units ?? 1);
      cost.cpu += cpu / (subject.units ?? 1);
    }
    rounds.push(costs);
  }
  if (Number.isNaN(kept)) throw new Error('a subject returned no number');

  return aims.map((aim) => {
    const ratios = (by: keyof Cost) =>
      rounds.map((costs) => (costs.get(aim.against) as Cost)[by] / (costs.get(aim.measured) as Cost)[by]);
    return { ...aim, ratios: ratios('cpu'), ratiosByClock: ratios('clock') };
  });
}
