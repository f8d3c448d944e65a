import { createClient } from '@etag/client';
import { poll } from './poll.ts';

/** Polls the same feeds with and without validators. */
export async function compare(rounds: number) {
  const client = createClient();
  const withValidators = await poll(client, rounds);
  const without = await poll(fetch, rounds);
  const [stats] = client.stats();
  if (!stats) throw new Error('The client has counted nothing.');
  return { withValidators, without, stats };
}

export type Comparison = Awaited<ReturnType<typeof compare>>;
