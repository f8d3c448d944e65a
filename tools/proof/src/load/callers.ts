import { versionTag } from '@etag/core';
import { KINDS, type Kind } from './application.ts';
import { type Answer, type Client, type Pace, pipelined, type Question } from './client.ts';
import type { Asked, Judge } from './judge.ts';
import { type Ledger, NOTES } from './ledger.ts';

/** What came of the traffic so far. */
export interface Tally {
  cases: number;
  aborted: number;
  /** Responses that never came. */
  lost: number;
  readonly wrong: string[];
}

const oneOf = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)] as T;
const chance = (share: number) => Math.random() < share;

/** Callers that ask for as long as they are let, each with what it learned from the answers before. */
export class Callers {
  readonly tally: Tally = { cases: 0, aborted: 0, lost: 0, wrong: [] };
  readonly #origin: string;
  readonly #client: Client;
  readonly #judge: Judge;
  readonly #ledger: Ledger;
  /** The last tags, by kind and note. */
  readonly #seen = new Map<string, string>();

  constructor(origin: string, client: Client, judge: Judge, ledger: Ledger) {
    this.#origin = origin;
    this.#client = client;
    this.#judge = judge;
    this.#ledger = ledger;
  }

  /**
   * Asks for a time.
   *
   * @param time - in ms
   */
  async run(time: number, isHttp2: boolean): Promise<void> {
    const until = performance.now() + time;
    // Where many streams of a session are given up, node:http2 refuses others, without us as well.
    const aborting: Pace[] = isHttp2 ? [] : ['aborts', 'aborts'];
    const paces: Pace[] = ['at once', 'at once', 'at once', 'slowly', ...aborting];
    const loops = paces.map((pace) => {
      // Long notes are for those who take their time, or hang up.
      const notes = pace === 'slowly' || pace === 'aborts' ? NOTES : NOTES - 1;
      return this.#loop(until, () => this.#ask(pace, notes));
    });
    if (!isHttp2) loops.push(this.#loop(until, () => this.#askInARow()));
    await Promise.all(loops);
  }

  async #loop(until: number, ask: () => Promise<void>): Promise<void> {
    while (performance.now() < until && this.tally.wrong.length < 20) {
      try {
        await ask();
      } catch (error) {
        this.tally.lost += 1;
        this.tally.wrong.push(`${error}`);
      }
    }
  }

  async #ask(pace: Pace, notes: number): Promise<void> {
    const asked = this.#question(notes);
    const from = performance.now();
    const answer = await this.#client.ask(asked, pace);
    this.tally.cases += 1;
    if (answer) this.#take(asked, answer, from);
    else this.tally.aborted += 1;
  }

  async #askInARow(): Promise<void> {
    const questions = Array.from({ length: 6 }, () => this.#question(2));
    // Coded content is what the other callers read.
    const plain = questions.map(({ fields: { 'accept-encoding': _, ...fields }, ...asked }) => ({ ...asked, fields }));
    const from = performance.now();
    const answers = await pipelined(this.#origin, plain);
    this.tally.cases += answers.length;
    for (const [index, answer] of answers.entries()) this.#take(plain[index] as Asked, answer, from);
  }

  #take(asked: Asked, answer: Answer, from: number): void {
    this.tally.wrong.push(...this.#judge.faultsOf(asked, answer, { from, to: performance.now() }));
    // Of a HEAD it is not known what the tag of a content stands for.
    if (answer.etag && answer.status === 200 && asked.method !== 'HEAD')
      this.#seen.set(`${asked.kind} ${asked.note}`, answer.etag);
  }

  #question(notes: number): Asked {
    const kind = oneOf(KINDS);
    const note = Math.floor(Math.random() * notes);
    const path = `/${kind}/${note}`;
    const isWrite = kind === 'write' || kind === 'guarded';
    // To a HEAD, Hono lets go of a stream without closing it.
    const method = isWrite ? 'PUT' : chance(0.1) && kind !== 'stream' ? 'HEAD' : 'GET';
    const named = isWrite ? this.#expected(note) : this.#known(kind, note);
    const field = isWrite || chance(0.1) ? 'if-match' : 'if-none-match';
    return { kind, note, method, path, named, fields: fieldsOf(field, named) };
  }

  /** A tag that was sent before, mostly the last one. */
  #known(kind: Kind, note: number): string | null {
    if (chance(0.2)) return null;
    return chance(0.1) ? '*' : (this.#seen.get(`${kind} ${note}`) ?? null);
  }

  /** Writers name the current version, one that was, or any. */
  #expected(note: number): string {
    const version = this.#ledger.current(note) - (chance(0.3) ? 1 : 0);
    return chance(0.1) ? '*' : versionTag(version);
  }
}

function fieldsOf(field: 'if-match' | 'if-none-match', named: string | null): Question['fields'] {
  return {
    ...(named !== null && {
      [field]: field === 'if-none-match' && named !== '*' && chance(0.3) ? `"v0", ${named}` : named,
    }),
    ...(chance(0.5) && { 'accept-encoding': 'gzip' }),
  };
}
