import { type Cluster, startCluster } from './cluster.ts';
import { agreement } from './load/agreement.ts';
import { Client } from './load/client.ts';
import { createNotes } from './load/notes.ts';
import { outage } from './load/outage.ts';
import { type Ratio, type Revalidation, ratioOf, revalidate, stepsOf } from './load/revalidation.ts';
import { type Writing, write } from './load/writers.ts';
import { openNotes } from './notes.ts';
import type { Tags } from './tags.ts';
import { number, type View } from './view.ts';

/** How much load there is. */
export interface Amount {
  /** Requests for tags, in turn to each node. */
  requests: number;
  /** How often each reader asks again. */
  rounds: number;
  /** Marks of each writer. */
  marks: number;
}

export const FULL: Amount = { requests: 10_000, rounds: 20, marks: 6 };
export const SHORT: Amount = { requests: 3_000, rounds: 5, marks: 2 };

const WRITERS = 3 * 32;

/** What both clusters did for the same readers. */
export type Costs = Record<Tags, Revalidation>;

/**
 * Puts a cluster through its load, then one with tags per process.
 *
 * @param database - a PostgreSQL
 * @param view - shows what goes on, and keeps what does not hold
 */
export async function demonstrate(database: string, amount: Amount, view: View): Promise<Costs> {
  const table = `cluster_${process.pid}`;
  const notes = openNotes(database, table);
  await notes.create();
  try {
    const shared = await withCluster('shared', database, table, view, async (cluster, client) => {
      await createNotes(client);
      await agree('shared', cluster, amount.requests, view);
      const ratios = await ask('shared', client, amount.rounds, view);
      await collide(client, amount.marks, view);
      await crash(cluster, amount.marks, view);
      return ratios;
    });
    const process = await withCluster('process', database, table, view, async (cluster, client) => {
      await agree('process', cluster, amount.requests, view);
      return ask('process', client, amount.rounds, view);
    });
    return { shared, process };
  } finally {
    await notes.drop();
    await notes.close();
  }
}

async function withCluster<T>(
  tags: Tags,
  database: string,
  table: string,
  view: View,
  work: (cluster: Cluster, client: Client) => Promise<T>,
): Promise<T> {
  const cluster = await startCluster(tags, database, table);
  const client = new Client(cluster.url, WRITERS);
  try {
    const nodes = cluster.nodes.map(({ framework, port }) => `${framework} :${port}`).join(', ');
    view.say(`${TITLES[tags]}\n${nodes} behind nginx at ${cluster.url}, on one PostgreSQL\n`);
    return await work(cluster, client);
  } finally {
    await client.close();
    await cluster.stop();
  }
}

const TITLES: Record<Tags, string> = {
  shared: 'Tags from the version and from the content',
  process: 'The same, but each process salts the tags of its content',
};

async function agree(tags: Tags, { nodes }: Cluster, requests: number, view: View): Promise<void> {
  const isShared = tags === 'shared';
  const phase = view.begin(isShared ? 'three nodes, one tag' : 'three nodes, three tags of one page', requests);
  const clients = nodes.map(({ port }) => new Client(`http://127.0.0.1:${port}`, 8));
  const found = await agreement(clients, requests, phase.step);
  const { representations } = found;
  await Promise.all(clients.map((client) => client.close()));
  phase.done(
    // Half of them are pages. In gzip a representation has another tag than without.
    found.failed === 0 &&
      found.differ === 0 &&
      found.disagreed === (isShared ? 0 : representations / 2) &&
      found.tags === (isShared ? representations : 2 * representations),
    `${number(requests)} requests for ${representations} representations, half of them in gzip: ` +
      `${found.tags} tags, ${found.disagreed} representations with more than one\n` +
      `bytes that differ between nodes: of ${found.differ} without coding, of ${found.codedDiffer} in gzip`,
  );
}

async function ask(tags: Tags, client: Client, rounds: number, view: View): Promise<Revalidation> {
  const phase = view.begin('readers ask again with the tag they have', stepsOf(rounds));
  const found = await revalidate(client, rounds, phase.step);
  const figures = Object.entries(found).map(([kind, ratio]) => `${kind}: ${said(ratio)}`);
  const [notes, pages] = [ratioOf(found.notes), ratioOf(found.pages)];
  // With tags per process, one node of three has made the tag that is sent.
  phase.done(notes >= 0.99 && (tags === 'shared' ? pages >= 0.99 : pages < 0.5), figures.join('\n'));
  return found;
}

async function collide(client: Client, marks: number, view: View): Promise<void> {
  const options = { writers: WRITERS, marks, notes: 8 };
  const guarded = view.begin(`3 × 32 writers of 8 notes, with If-Match`, WRITERS * marks);
  const writing = await write(client, { ...options, name: 'guarded', step: guarded.step });
  guarded.done(isWhole(writing) && writing.unknown === 0 && writing.byNode.size === 3, accountOf(writing));
  const blind = view.begin('the control: the same writers with If-Match: *, which guards nothing', WRITERS * marks);
  const control = await write(client, { ...options, name: 'blind', ifMatch: '*', step: blind.step });
  blind.done(control.lost > 0, accountOf(control));
}

async function crash({ url, nodes }: Cluster, marks: number, view: View): Promise<void> {
  const [, node] = nodes;
  if (!node) throw new Error('There is no second node.');
  const phase = view.begin(`the node on ${node.framework} is killed while 16 read and 32 write`, 32 * marks * 4);
  const { noticed, writing, ...found } = await outage(url, node, marks * 4, phase.step);
  phase.done(
    noticed !== null && found.readsAfter > 0 && found.failedAfter === 0 && isWhole(writing),
    `noticed by the balancer after ${noticed?.toFixed(0)} ms\n` +
      `reads: ${found.failed} of ${number(found.reads)} failed, ${found.failedAfter} of ${number(found.readsAfter)} ` +
      `begun after that; ${number(found.notModifiedAfter)} of ${number(found.conditionalAfter)} with a tag: 304\n` +
      `writes: ${accountOf(writing)}`,
  );
}

const isWhole = ({ lost, doubled }: Writing) => lost === 0 && doubled === 0;

function accountOf({ acknowledged, refused, unknown, settled, lost, doubled, byNode }: Writing): string {
  const unsure = unknown > 0 ? `, ${unknown} unknown (a read showed ${settled} of them written)` : '';
  return (
    `${acknowledged} acknowledged (${[...byNode.values()].join(' + ')}), ${number(refused)} refused${unsure}; ` +
    `${lost} lost, ${doubled} twice`
  );
}

const said = (ratio: Ratio) =>
  `${number(ratio.notModified)} of ${number(ratio.conditional)} answered 304 (${ratioOf(ratio).toFixed(3)})`;
