import { type Client, NO_ANSWER } from './client.ts';
import { inLanes } from './lanes.ts';
import { create } from './notes.ts';

/** What became of the marks that writers added to notes. */
export interface Writing {
  /** Marks whose PUT was answered 200. */
  acknowledged: number;
  /** PUTs answered 412: somebody else was first. */
  refused: number;
  /** PUTs without an answer of a node: they may have written or not. */
  unknown: number;
  /** Of these, what a read showed to have been written. */
  settled: number;
  /** Marks that were acknowledged or settled, and are not in the note at the end. */
  lost: number;
  /** Marks that are there more than once. */
  doubled: number;
  /** Acknowledged writes of each node. */
  byNode: Map<string, number>;
}

export interface WritersOptions {
  writers: number;
  /** How many marks each writer adds, one after the other. */
  marks: number;
  /** How many notes they share. */
  notes: number;
  /** What a write sends as If-Match. @default the tag of what was read */
  ifMatch?: '*';
  /** The name of the notes. */
  name: string;
  /** Called for every mark. */
  step(): void;
}

/**
 * Writers who share notes: each reads one, adds a mark of its own to the text, and saves the whole. At the end every mark
 * has to be there, once.
 */
export async function write(client: Client, options: WritersOptions): Promise<Writing> {
  const { writers, marks, notes, name, step } = options;
  const paths = Array.from({ length: notes }, (_, i) => `/notes/${name}-${i}`);
  await Promise.all(paths.map((path) => create(client, path, '')));
  const total: Writing = {
    acknowledged: 0,
    refused: 0,
    unknown: 0,
    settled: 0,
    lost: 0,
    doubled: 0,
    byNode: new Map(),
  };
  await inLanes(writers, writers, async (writer) => {
    for (let i = 0; i < marks; i++) {
      await add(client, paths[(writer + i) % notes] as string, `${writer}.${i}`, total, options.ifMatch);
      step();
    }
  });
  const written = await Promise.all(paths.map((path) => read(client, path)));
  const counts = new Map<string, number>();
  for (const mark of written.flatMap(({ marks }) => marks)) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  total.lost = total.acknowledged + total.settled - counts.size;
  total.doubled = [...counts.values()].filter((count) => count > 1).length;
  return total;
}

/** Adds a mark, trying again until it is known to be there. */
async function add(client: Client, path: string, mark: string, total: Writing, ifMatch?: '*'): Promise<void> {
  for (let isUnknown = false; ; ) {
    const { tag, marks } = await read(client, path);
    // An outcome that is not known is settled by a read. What was sent and comes through only later is refused, if this
    // writer's next try was first: the version that it names is gone.
    if (isUnknown && marks.includes(mark)) {
      total.settled++;
      return;
    }
    const note = { title: path, text: [...marks, mark].join(' ') };
    const { status, tried, content } = await client.put(path, { 'If-Match': ifMatch ?? tag }, note);
    if (status === 200) {
      total.acknowledged++;
      total.byNode.set(`${tried}`, (total.byNode.get(`${tried}`) ?? 0) + 1);
      return;
    }
    if (NO_ANSWER.has(status)) {
      isUnknown = true;
      total.unknown++;
    } else if (status === 412) total.refused++;
    else throw new Error(`PUT ${path} answered ${status}; 200 or 412 was expected: ${content}`);
  }
}

async function read(client: Client, path: string, tries = 100): Promise<{ tag: string; marks: string[] }> {
  const { status, tag, content } = await client.get(path);
  if (NO_ANSWER.has(status) && tries > 1) return read(client, path, tries - 1);
  if (status !== 200) throw new Error(`GET ${path} answered ${status}; 200 was expected: ${content}`);
  return { tag, marks: JSON.parse(`${content}`).text.split(' ').filter(Boolean) };
}
