import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { VersionedStore } from '@etag/concurrency';
import { checkHistory, type Named, type Operation, readAll, type Violation } from '@etag/concurrency/testing';
import type { Fault, Opened } from './engine.ts';
import type { Client } from './processes.ts';
import { now, type Task } from './tasks.ts';

/** What a history with faults showed. */
export interface History {
  readonly operations: number;
  readonly acknowledged: number;
  readonly unknown: number;
  /** How often each fault was injected. */
  readonly faults: Record<string, number>;
  readonly violations: readonly Violation[];
}

/** The keys that the clients share: few enough to collide, enough to go on. */
const KEYS = 32;
const CLIENTS = 16;
/** How long a server is left in peace between two faults, in ms. */
const PEACE_MS = 700;
/** How often each fault is injected. */
const TURNS = 4;
/** How many operations a client does before it looks whether to go on: for as long as faults are injected, it does. */
const STRETCH = 250;
/** A fault that takes longer does not come about, in ms. */
const LONGEST_FAULT_MS = 30_000;

/**
 * Records what the clients of some processes do while faults are injected in turn, and checks it.
 *
 * @param open - opens the store when all is over: a connection from before may not have survived
 * @param start - starts a client process; one that was killed is replaced
 */
export async function runHistory(
  open: () => Promise<Opened>,
  start: () => Promise<Client>,
  { faults, operations, processes }: { faults: readonly Fault[]; operations: number; processes: number },
): Promise<History> {
  const folder = await mkdtemp(join(tmpdir(), 'etag-history-'));
  const keys = Array.from({ length: KEYS }, () => `history-${crypto.randomUUID()}`);
  const seats = Array.from({ length: processes }, (_, index) => new Seat(start, join(folder, `${index}.jsonl`)));
  const each = Math.ceil(operations / processes / CLIENTS);
  const killed: Fault = { name: 'kill -9 of a client process', inject: () => (seats[0] as Seat).kill() };
  let isInjecting = true;
  const task = { clients: CLIENTS, operations: Math.min(each, STRETCH), keys };
  const isDone = (stretches: number) => !isInjecting && stretches * task.operations >= each;
  try {
    const running = Promise.all(seats.map((seat, index) => seat.record({ ...task, name: `${index}` }, isDone)));
    const injecting = injectInTurn([...faults, killed], running).finally(() => {
      isInjecting = false;
    });
    const [injected] = await Promise.all([injecting, running]);
    const recorded = (await Promise.all(seats.map(({ file }) => readLog(file)))).flat();
    const { store, close } = await open();
    const last = await readAll(store as VersionedStore<string, Named>, { name: 'last', keys, now });
    await close();
    return { ...summary([...recorded, ...last]), faults: injected };
  } finally {
    await Promise.all(seats.map((seat) => seat.close()));
    await rm(folder, { recursive: true });
  }
}

type Recording = Extract<Task, { kind: 'record' }>;

/** A place for one client process after the other. */
class Seat {
  readonly file: string;
  readonly #start: () => Promise<Client>;
  #client: Client | undefined;
  #killed = false;

  constructor(start: () => Promise<Client>, file: string) {
    this.#start = start;
    this.file = file;
  }

  /** Records one stretch after the other until it is done; a process that was killed is replaced. */
  async record(task: Omit<Recording, 'kind' | 'file'>, isDone: (stretches: number) => boolean): Promise<void> {
    let stretches = 0;
    for (let round = 0; !isDone(stretches); round++) {
      this.#client ??= await this.#start();
      try {
        await this.#client.run({ ...task, kind: 'record', name: `${task.name}.${round}`, file: this.file });
        stretches++;
      } catch (error) {
        if (!this.#killed) throw error;
        this.#killed = false;
        this.#client = undefined;
      }
    }
    await this.#client?.close();
  }

  /** Ends the process, whatever it does. */
  async close(): Promise<void> {
    await this.#client?.kill();
  }

  async kill(): Promise<void> {
    while (!this.#client) await wait(5);
    this.#killed = true;
    await this.#client.kill();
  }
}

/** Injects one fault after the other, over and over; ends early when the clients fail. */
async function injectInTurn(faults: readonly Fault[], running: Promise<unknown>): Promise<Record<string, number>> {
  const injected: Record<string, number> = {};
  const failed = new AbortController();
  running.catch(() => failed.abort());
  for (let turn = 0; turn < TURNS * faults.length && !failed.signal.aborted; turn++) {
    await wait(PEACE_MS);
    const { name, inject } = faults[turn % faults.length] as Fault;
    const tooLong = AbortSignal.timeout(LONGEST_FAULT_MS);
    await inject(AbortSignal.any([failed.signal, tooLong]));
    if (tooLong.aborted) throw new Error(`${name}: nothing came of it within ${LONGEST_FAULT_MS / 1000} s`);
    injected[name] = (injected[name] ?? 0) + 1;
  }
  return injected;
}

/** The operations of a log: what was said last of each holds. */
async function readLog(file: string): Promise<Operation[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  const operations = new Map<string, Operation>();
  for (const line of lines) {
    const operation = JSON.parse(line) as Operation;
    operations.set(operation.id, operation);
  }
  return [...operations.values()];
}

function summary(operations: Operation[]) {
  const count = (...kinds: string[]) => operations.filter(({ outcome }) => kinds.includes(outcome.kind)).length;
  return {
    operations: operations.length,
    acknowledged: count('written', 'deleted'),
    unknown: operations.filter(({ kind, outcome }) => kind !== 'read' && outcome.kind === 'unknown').length,
    violations: checkHistory(operations),
  };
}
