/** Something to be timed. */
export interface Subject {
  name: string;
  /** Does the work so many times, in a loop of its own, and returns what the results add up to. */
  run: (times: number) => number | Promise<number>;
}

/** What is held against the peer. */
export interface Contender extends Subject {
  /** The ratio aimed at; left out where a ratio is shown for orientation only. */
  target?: number;
}

/** The subjects of one comparison, made and checked. */
export interface Prepared {
  peer: Subject;
  contenders: Contender[];
}

/** The same work done by a peer and by those held against it. */
export interface Comparison {
  work: string;
  /** Called in the process that measures: nothing else has run there. */
  prepare: () => Prepared | Promise<Prepared>;
}

/** How often the time of a contender goes into that of the peer, round by round: above 1, the contender is faster. */
export interface Measured {
  peer: string;
  contender: string;
  target: number | null;
  perRound: number[];
}

export interface Effort {
  /** Fresh processes for each comparison. */
  processes: number;
  /** Rounds in each of them. */
  rounds: number;
  /** How long one subject runs before the next has its turn, in ms. */
  turn: number;
}

// What the subjects return ends here, so that no engine may leave their work out.
let kept = 0;

/** The time of one piece of work, in ms. */
async function timePerRun(subject: Subject, times: number): Promise<number> {
  const start = performance.now();
  kept += await subject.run(times);
  return (performance.now() - start) / times;
}

/** How often a subject must run to fill its turn; finding out warms it up. */
async function timesPerTurn(subject: Subject, turn: number): Promise<number> {
  let times = 1;
  for (let fullTurns = 0; fullTurns < 10; ) {
    const elapsed = (await timePerRun(subject, times)) * times;
    if (elapsed >= turn / 2) fullTurns++;
    times = Math.max(1, Math.ceil(times * Math.min(8, turn / elapsed)));
  }
  return times;
}

/** Warms all subjects up, then times them in rounds: A B C, then C B A. */
export async function measure({ peer, contenders }: Prepared, { rounds, turn }: Effort): Promise<Measured[]> {
  const subjects = [peer, ...contenders];
  for (const subject of subjects) await timesPerTurn(subject, turn);
  // Once more, now that the engine has seen all of them.
  const times: number[] = [];
  for (const subject of subjects) times.push(await timesPerTurn(subject, turn));

  const measured = contenders.map(({ name, target = null }): Measured => {
    return { peer: peer.name, contender: name, target, perRound: [] };
  });
  const order = subjects.map((_, index) => index);
  for (let round = 0; round < rounds; round++) {
    const elapsed = subjects.map(() => 0);
    for (const index of [...order, ...order.slice().reverse()]) {
      elapsed[index] = (elapsed[index] ?? 0) + (await timePerRun(subjects[index] as Subject, times[index] ?? 1));
    }
    const [ofPeer = Number.NaN, ...ofContenders] = elapsed;
    for (const [index, { perRound }] of measured.entries()) perRound.push(ofPeer / (ofContenders[index] ?? Number.NaN));
  }
  if (Number.isNaN(kept)) throw new Error('a subject returned no number');
  return measured;
}
