import type { Node } from '../cluster.ts';
import { type Answer, Client, NO_ANSWER } from './client.ts';
import { paths } from './notes.ts';
import { type Writing, write } from './writers.ts';

const READERS = 16;
const WRITERS = 32;

/** What a crash in the middle did to who was reading and writing. */
export interface Outage {
  writing: Writing;
  /** How long the balancer took to notice, in ms; null if it did not. */
  noticed: number | null;
  /** Reads in all, and those of them that no node answered. */
  reads: number;
  failed: number;
  /** The same of reads begun after the balancer had noticed. */
  readsAfter: number;
  failedAfter: number;
  /** Reads with a tag after the crash, and those of them answered 304. */
  conditionalAfter: number;
  notModifiedAfter: number;
}

/** Reads and writes through the balancer, and kills a node when a third of the marks are written. */
export async function outage(url: string, node: Node, marks: number, step: () => void): Promise<Outage> {
  const watch = new Watch(`127.0.0.1:${node.port}`);
  const client = new Client(url, READERS + WRITERS, (...answer) => watch.saw(...answer));
  let written = 0;
  let killing: Promise<void> | undefined;
  const afterMark = () => {
    step();
    if (++written < (WRITERS * marks) / 3) return;
    watch.killed ??= performance.now();
    killing ??= node.kill();
  };
  let isOver = false;
  const writing = write(client, { name: 'outage', writers: WRITERS, marks, notes: 8, step: afterMark }).finally(() => {
    isOver = true;
  });
  const readers = Array.from({ length: READERS }, (_, reader) => readOn(client, reader, watch, () => isOver));
  const [result] = await Promise.all([writing, ...readers]);
  await killing;
  await client.close();
  return { ...watch.result(), writing: result };
}

/** The stages of a crash, and the reads in each. */
class Watch {
  killed: number | null = null;
  #noticed: number | null = null;
  readonly #node: string;
  readonly #counts = { reads: 0, failed: 0, readsAfter: 0, failedAfter: 0, conditionalAfter: 0, notModifiedAfter: 0 };

  constructor(node: string) {
    this.#node = node;
  }

  saw(method: string, { status, tried }: Answer, begun: number): void {
    const isFailure = NO_ANSWER.has(status);
    // It has noticed when an answer says that the node was tried in vain.
    if (this.killed !== null && tried[0] === this.#node && (isFailure || tried.length > 1)) {
      this.#noticed ??= performance.now();
    }
    if (method !== 'GET') return;
    const isAfter = this.#noticed !== null && begun > this.#noticed;
    this.#counts.reads++;
    if (isFailure) this.#counts.failed++;
    if (isAfter) this.#counts.readsAfter++;
    if (isAfter && isFailure) this.#counts.failedAfter++;
  }

  sawConditional(status: number): void {
    if (this.killed === null) return;
    this.#counts.conditionalAfter++;
    if (status === 304) this.#counts.notModifiedAfter++;
  }

  result() {
    const noticed = this.#noticed !== null && this.killed !== null ? this.#noticed - this.killed : null;
    return { ...this.#counts, noticed };
  }
}

/** A reader who keeps the tags of what it read, and asks again and again. */
async function readOn(client: Client, reader: number, watch: Watch, isOver: () => boolean): Promise<void> {
  const tags = new Map<string, string>();
  for (let i = reader; !isOver(); i = (i + READERS) % paths.length) {
    const path = paths[i] as string;
    const known = tags.get(path);
    const { status, tag } = await client.get(path, known ? { 'If-None-Match': known } : {});
    if (tag) tags.set(path, tag);
    if (known) watch.sawConditional(status);
  }
}
