import type { LocalServer } from './server.ts';

/** Servers that answer as one. */
export interface Cluster {
  readonly nodes: readonly LocalServer[];
  /** Ends all of them and removes their data. */
  stop(): Promise<void>;
}

/**
 * Waits for the nodes of a cluster, which start side by side: none answers before the others are there.
 *
 * @throws what one of them throws, after the others are stopped
 */
export async function startCluster(starting: readonly Promise<LocalServer>[]): Promise<Cluster> {
  const outcomes = await Promise.allSettled(starting);
  const nodes = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (!failed) return { nodes, stop };
  await stop();
  throw failed.reason;
}
