import type { Ioredis, NodeRedis } from './drivers.ts';

/**
 * How to open a client so that it sends no write again by itself.
 *
 * A write that was sent and not answered may have been run. Sent again, it meets what it wrote itself, or what others made
 * of that since: it is told that its version is stale, or, where it expects nothing, it overwrites them. The script cannot
 * know; the client must not do it (docs/decisions/010).
 *
 * @param client - a client of either driver
 * @returns null when it does not
 */
export function adviceAgainstResending(client: Ioredis | NodeRedis): string | null {
  return 'evalSha' in client ? adviceForRedis(client) : adviceForIoredis(client);
}

function adviceForRedis(client: NodeRedis): string | null {
  const sentinel = 'getSentinelNode' in client || 'release' in client;
  return sentinel ? 'use a Redis of ioredis for Sentinel, with { maxRetriesPerRequest: 0 }' : null;
}

function adviceForIoredis({ isCluster, options }: Ioredis): string | null {
  const { maxRetriesPerRequest, retryDelayOnFailover, clusterNodeRetryStrategy, redisOptions }: Resending = options;
  if (!isCluster) return maxRetriesPerRequest === 0 ? null : 'open it with { maxRetriesPerRequest: 0 }';
  if (retryDelayOnFailover !== 0) return 'open it with { retryDelayOnFailover: 0 }';
  const nodes = clusterNodeRetryStrategy && redisOptions?.maxRetriesPerRequest !== 0;
  return nodes ? 'open it with { redisOptions: { maxRetriesPerRequest: 0 } }' : null;
}

/** The options of ioredis that say what is sent again. */
interface Resending {
  maxRetriesPerRequest?: number | null;
  retryDelayOnFailover?: number;
  clusterNodeRetryStrategy?: unknown;
  redisOptions?: { maxRetriesPerRequest?: number | null };
}
